import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadSettings } from '../../core/config/load.ts';
import { pluginsInForce } from '../../core/config/plugins.ts';
import type { PluginUse, Settings } from '../../core/config/settings.ts';

const { settings: defaults } = await loadSettings({ flags: { given: [], foreign: [] }, env: {}, cwd: '/nowhere' });
const gates = ['cooldown'];
const inForce = (plugins: PluginUse[], settings: Partial<Settings> = {}) =>
  pluginsInForce({ ...defaults, ...settings, plugins }).map(({ use, name }) => name ?? use);

describe('the plugins in force', () => {
  test('are the default ones where nothing is configured', () => {
    assert.deepEqual(inForce([]), [...gates, 'health-docker', 'stability', 'console']);
  });

  test('include the clean-up where the setting asks for it', () => {
    assert.deepEqual(inForce([], { cleanup: true }), [
      ...gates,
      'health-docker',
      'stability',
      'console',
      'cleanup-replaced',
    ]);
  });

  test('are joined by those of the list, in order', () => {
    assert.deepEqual(inForce([{ use: './gate.mts' }, { use: 'webhook', name: 'ops' }]), [
      ...gates,
      'health-docker',
      'stability',
      'console',
      './gate.mts',
      'ops',
    ]);
  });

  test('take an entry of a default one’s name in its place', () => {
    assert.deepEqual(inForce([{ use: 'stability', name: 'mine' }]), [...gates, 'health-docker', 'mine', 'console']);
  });

  test('lose what an entry turns off', () => {
    assert.deepEqual(
      inForce([
        { use: 'console', enabled: false },
        { use: 'webhook', enabled: false },
      ]),
      [...gates, 'health-docker', 'stability'],
    );
  });

  test('hold the clean-up once where both setting and list name it', () => {
    const names = inForce([{ use: 'cleanup-replaced' }], { cleanup: true });
    assert.equal(names.filter((name) => name === 'cleanup-replaced').length, 1);
  });
});
