import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadSettings } from '../../core/config/load.ts';
import { pluginsInForce } from '../../core/config/plugins.ts';
import type { PluginUse, Settings } from '../../core/config/settings.ts';
import { loadPlugin } from '../../core/loader.ts';

const { settings: defaults } = await loadSettings({ flags: { given: [], foreign: [] }, env: {}, cwd: '/nowhere' });
const gates = ['policy', 'approval', 'cooldown', 'maintenance-window'];
const inForce = (plugins: PluginUse[], settings: Partial<Settings> = {}) =>
  pluginsInForce({ ...defaults, ...settings, plugins }).map(({ use, name }) => name ?? use);

const health = ['health-docker', 'stability', 'health-http', 'health-tcp', 'health-exec', 'health-log'];

describe('the plugins in force', () => {
  test('are the default ones where nothing is configured', () => {
    assert.deepEqual(inForce([]), [...gates, ...health, 'console']);
  });

  test('include the clean-up where the setting asks for it', () => {
    assert.deepEqual(inForce([], { cleanup: true }), [...gates, ...health, 'console', 'cleanup-replaced']);
  });

  test('include lifecycle hooks where the setting or an entry asks for them, behind all others', () => {
    const entry = { use: 'lifecycle', name: 'hooks' };
    for (const [plugins, settings, name] of [
      [[{ use: './gate.mts' }], { lifecycleHooks: true }, 'lifecycle'],
      [[entry, { use: './gate.mts' }], {}, 'hooks'],
      [[entry, { use: './gate.mts' }], { lifecycleHooks: true }, 'hooks'],
    ] as const) {
      assert.deepEqual(inForce([...plugins], settings).slice(-2), ['./gate.mts', name]);
    }
    assert.ok(!inForce([{ ...entry, enabled: false }], { lifecycleHooks: true }).includes('hooks'));
  });

  test('are told what settings say to them, unless their own entry says otherwise', () => {
    const configOf = (config?: unknown) => {
      const settings = { ...defaults, lifecycleHooks: true, lifecycleUid: 1000, lifecycleGid: 7 };
      const plugins = config === undefined ? [] : [{ use: 'lifecycle', config }];
      return pluginsInForce({ ...settings, plugins }).find(({ use }) => use === 'lifecycle')?.config;
    };
    assert.deepEqual(configOf(), { uid: 1000, gid: 7 });
    assert.deepEqual(configOf({ uid: 5 }), { uid: 5, gid: 7 });
    assert.equal(configOf('root'), 'root');
  });

  test('are joined by those of the list, in order', () => {
    assert.deepEqual(inForce([{ use: './gate.mts' }, { use: 'webhook', name: 'ops' }]), [
      ...gates,
      ...health,
      'console',
      './gate.mts',
      'ops',
    ]);
  });

  test('take an entry of a default one’s name in its place', () => {
    assert.deepEqual(inForce([{ use: 'stability', name: 'mine' }]), [
      ...gates,
      'health-docker',
      'mine',
      ...health.slice(2),
      'console',
    ]);
  });

  test('lose what an entry turns off', () => {
    assert.deepEqual(
      inForce([
        { use: 'console', enabled: false },
        { use: 'webhook', enabled: false },
      ]),
      [...gates, ...health],
    );
  });

  test('are loaded for a label of theirs where nothing configures them, and know all their labels', async () => {
    for (const { use, labels } of pluginsInForce({ ...defaults, plugins: [] })) {
      if (labels === undefined) continue;
      const { labels: own = {} } = await loadPlugin(use, '/nowhere');
      const shared = use.startsWith('health-') ? ['health.timeout'] : [];
      assert.deepEqual([...labels, ...shared], Object.keys(own), use);
    }
    const config = { checks: [] };
    const own = pluginsInForce({ ...defaults, plugins: [{ use: 'health-http', config }] }).find(
      ({ use }) => use === 'health-http',
    );
    assert.deepEqual(own, { use: 'health-http', config });
  });

  test('hold the clean-up once where both setting and list name it', () => {
    const names = inForce([{ use: 'cleanup-replaced' }], { cleanup: true });
    assert.equal(names.filter((name) => name === 'cleanup-replaced').length, 1);
  });
});
