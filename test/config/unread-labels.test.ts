import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Plugin } from 'belfry/plugin';
import { containerSettings } from '../../core/config/container.ts';
import { loadSettings } from '../../core/config/load.ts';
import { type PluginLabels, pluginLabels } from '../../core/config/plugin-labels.ts';
import { labels as table } from '../../core/config/table.ts';
import { unreadLabels } from '../../core/config/unread-labels.ts';
import { loadPlugin } from '../../core/loader.ts';
import { builtInNames } from '../../core/paths.ts';

const watchtower = 'com.centurylinklabs.watchtower.';
const builtIn: readonly PluginLabels[] = [
  { plugin: 'cooldown', restrains: true, suffixes: ['cooldown-delay'] },
  { plugin: 'health-http', restrains: false, suffixes: ['health.http'] },
];
const read = (labels: Record<string, string>, inForce: readonly string[] = []) =>
  unreadLabels(labels, inForce, builtIn);

describe('labels that nothing reads', () => {
  test('are warned of, with the nearest that something could read', () => {
    assert.deepEqual(read({ 'belfry.healt.http': '/', 'org.example.x': 'y' }), {
      problems: [],
      warnings: ['The label belfry.healt.http is not one Belfry knows. Did you mean belfry.health.http?'],
    });
    assert.deepEqual(read({ 'belfry.page': 'ops' }, ['pager']).warnings, [
      'The label belfry.page is not one Belfry knows. Did you mean belfry.pager?',
    ]);
  });

  test('name the built-in plugin that would', () => {
    assert.deepEqual(read({ 'belfry.health.http': '/ready' }), {
      problems: [],
      warnings: ['The label belfry.health.http=/ready is for the plugin health-http, which is not in force.'],
    });
  });

  test('are a problem where they ask for restraint, under either prefix, and nothing where they ask for none', () => {
    for (const prefix of ['belfry.', watchtower]) {
      assert.deepEqual(read({ [`${prefix}cooldown-delay`]: '3d' }), {
        problems: [`The label ${prefix}cooldown-delay=3d is for the plugin cooldown, which is not in force.`],
        warnings: [],
      });
      for (const value of ['', ' ', '0', '0s', 'false']) {
        assert.deepEqual(read({ [`${prefix}cooldown-delay`]: value }), { problems: [], warnings: [] });
      }
    }
  });

  test('are none once a plugin in force reads them', () => {
    const labels = { 'belfry.cooldown-delay': '3d', [`${watchtower}cooldown-delay`]: '3d', 'belfry.pager': 'ops' };
    assert.deepEqual(read(labels, ['cooldown-delay', 'pager']), { problems: [], warnings: [] });
  });

  test('are those of lifecycle hooks while these are off, and those that nobody runs', () => {
    const hook = `${watchtower}lifecycle.pre-update`;
    assert.deepEqual(unreadLabels({ [hook]: '/x' }, []), {
      problems: [],
      warnings: [`The label ${hook}=/x is for the plugin lifecycle, which is not in force.`],
    });
    assert.deepEqual(unreadLabels({ [hook]: '/x' }, ['lifecycle.pre-update']), { problems: [], warnings: [] });
    assert.deepEqual(unreadLabels({ [`${watchtower}lifecycle.pre-updat`]: '/x' }, []).warnings, [
      `The label ${watchtower}lifecycle.pre-updat is not one Belfry knows. Did you mean ${hook}?`,
    ]);
    assert.match(unreadLabels({ [`${watchtower}lifecycle.host-pre-update`]: '/x' }, []).warnings[0] ?? '', /scripts/);
  });

  test('under Watchtower’s prefix are those that Watchtower does not have, though a plugin is in force', () => {
    for (const inForce of [[], ['health.http']]) {
      assert.deepEqual(read({ [`${watchtower}health.http`]: '/' }, inForce).warnings, [
        `The label ${watchtower}health.http is not one Belfry knows. Did you mean belfry.health.http?`,
      ]);
    }
  });

  test('are found among those of a container', async () => {
    const { settings } = await loadSettings({ flags: { given: [], foreign: [] }, env: {}, cwd: '/nowhere' });
    const warnings = (pluginLabels: readonly string[]) =>
      containerSettings({ 'belfry.pager': 'ops' }, { ...settings, pluginLabels }).warnings;
    assert.equal(warnings([]).length, 1);
    assert.deepEqual(warnings(['pager']), []);
  });
});

describe('the table of plugins’ labels', () => {
  test('holds just those of the built-in plugins', async () => {
    const plugins: readonly Plugin[] = await Promise.all(builtInNames().map((name) => loadPlugin(name, '/')));
    const expected = plugins.flatMap(({ name, labels = {} }) => {
      const suffixes = Object.keys(labels);
      return suffixes.length === 0 ? [] : [[name, suffixes.toSorted()] as const];
    });
    const rows = pluginLabels.map(({ plugin, suffixes }) => [plugin, suffixes.toSorted()] as const);
    assert.deepEqual(Object.fromEntries(rows), Object.fromEntries(expected), 'mend core/config/plugin-labels.ts');
    const core = table.map(({ suffix }): string => suffix);
    const taken = rows.flatMap(([plugin, suffixes]) => suffixes.filter((one) => core.includes(one)).map(() => plugin));
    // The core reads its value beside the setting, and the plan tells the plugin.
    assert.deepEqual(taken, ['cooldown'], 'these plugins read labels of the core');
  });
});
