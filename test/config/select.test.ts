import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadSettings } from '../../core/config/load.ts';
import { selects } from '../../core/config/select.ts';
import type { Settings } from '../../core/config/settings.ts';

const { settings: defaults } = await loadSettings({ flags: { given: [], foreign: [] }, env: {}, cwd: '/nowhere' });
const select = (name: string, labels: Record<string, string>, settings: Partial<Settings>, names: string[] = []) =>
  selects({ name, labels }, { ...defaults, ...settings }, names);

describe('the choice of containers', () => {
  test('is all of them unless something narrows it', () => {
    assert.equal(select('web', {}, {}).selected, true);
  });

  const exclusions: readonly {
    readonly why: string;
    readonly labels?: Record<string, string>;
    readonly settings?: Partial<Settings>;
    readonly names?: string[];
  }[] = [
    { why: 'it is not among the names that were asked for', names: ['db'] },
    { why: 'it is not among the watched names', settings: { names: ['db'] }, names: ['web'] },
    { why: 'w.* is excluded by disableContainers', settings: { disableContainers: ['w.*'] } },
    { why: 'a label disables it', labels: { 'belfry.enable': 'false' } },
    { why: 'no label enables it', settings: { labelEnable: true } },
    { why: 'it is outside the scope a', settings: { scope: 'a' } },
    { why: 'it belongs to the scope b', labels: { 'belfry.scope': 'b' }, settings: { scope: 'a' } },
    { why: 'it belongs to the scope b', labels: { 'belfry.scope': 'b' } },
  ];
  for (const { why, labels = {}, settings = {}, names } of exclusions) {
    test(`leaves a container out: ${why}, given ${JSON.stringify({ labels, ...settings })}`, () => {
      assert.deepEqual(select('web', labels, settings, names), { selected: false, why });
    });
  }

  test('takes names as patterns of the whole name, whichever asks', () => {
    assert.equal(select('web-1', {}, { names: ['web-.*'] }, ['web-1|db']).selected, true);
    assert.equal(select('web-1', {}, {}, ['web']).selected, false);
  });

  test('takes only its own scope', () => {
    assert.equal(select('web', { 'com.centurylinklabs.watchtower.scope': 'a' }, { scope: 'a' }).selected, true);
  });
});
