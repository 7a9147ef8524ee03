import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { containerSettings } from '../../core/config/container.ts';
import { loadSettings } from '../../core/config/load.ts';
import type { Settings } from '../../core/config/settings.ts';

const { settings: defaults } = await loadSettings({ flags: { given: [], foreign: [] }, env: {}, cwd: '/nowhere' });
const watchtower = 'com.centurylinklabs.watchtower.';
const read = (labels: Record<string, string>, settings: Partial<Settings> = {}) =>
  containerSettings(labels, { ...defaults, ...settings });

describe('the labels of a container', () => {
  test('change nothing where there are none', () => {
    assert.deepEqual(read({}), {
      enabled: true,
      monitorOnly: false,
      noPull: false,
      stopSignal: null,
      stopTimeout: null,
      scope: null,
      follow: null,
      rerun: false,
      stabilityWindow: 10_000,
      cooldownDelay: 0,
      problems: [],
      warnings: [],
    });
  });

  test('are read under either prefix', () => {
    for (const prefix of ['belfry.', watchtower]) {
      const labels = {
        enable: 'true',
        'monitor-only': 'T',
        'no-pull': '1',
        scope: 'a',
        'stop-signal': 'SIGHUP',
        'stop-timeout': '1m',
      };
      const found = read(Object.fromEntries(Object.entries(labels).map(([suffix, value]) => [prefix + suffix, value])));
      assert.deepEqual(found, {
        enabled: true,
        monitorOnly: true,
        noPull: true,
        stopSignal: 'SIGHUP',
        stopTimeout: 60_000,
        scope: 'a',
        follow: null,
        rerun: false,
        stabilityWindow: 10_000,
        cooldownDelay: 0,
        problems: [],
        warnings: [],
      });
    }
  });

  test('enable=false excludes always; labelEnable wants enable=true', () => {
    assert.equal(read({ 'belfry.enable': 'false' }).enabled, false);
    assert.equal(read({ 'belfry.enable': 'false' }, { labelEnable: true }).enabled, false);
    assert.equal(read({}, { labelEnable: true }).enabled, false);
    assert.equal(read({ 'belfry.enable': 'true' }, { labelEnable: true }).enabled, true);
  });

  test('and settings are joined by OR for monitor-only and no-pull', () => {
    const found = read(
      { 'belfry.monitor-only': 'false', 'belfry.no-pull': 'false' },
      { monitorOnly: true, noPull: true },
    );
    assert.deepEqual([found.monitorOnly, found.noPull], [true, true]);
  });

  test('that disagree: the one that touches less wins, with a warning', () => {
    const found = read({
      'belfry.enable': 'true',
      [`${watchtower}enable`]: 'false',
      'belfry.monitor-only': 'false',
      [`${watchtower}monitor-only`]: 'true',
      'belfry.no-pull': 'true',
      [`${watchtower}no-pull`]: 'false',
    });
    assert.deepEqual([found.enabled, found.monitorOnly, found.noPull], [false, true, true]);
    assert.deepEqual(found.warnings, [
      `The labels belfry.enable and ${watchtower}enable disagree; ${watchtower}enable wins.`,
      `The labels belfry.monitor-only and ${watchtower}monitor-only disagree; ${watchtower}monitor-only wins.`,
      `The labels belfry.no-pull and ${watchtower}no-pull disagree; belfry.no-pull wins.`,
    ]);
  });

  test('that disagree about a value: Belfry’s own wins, with a warning', () => {
    const found = read({ 'belfry.scope': 'a', [`${watchtower}scope`]: 'b' });
    assert.equal(found.scope, 'a');
    assert.equal(found.warnings.length, 1);
  });

  test('with the scope none, or an empty one, mean no scope', () => {
    assert.equal(read({ 'belfry.scope': 'none' }).scope, null);
    assert.equal(read({ 'belfry.scope': '' }).scope, null);
  });

  test('with a value that cannot be understood are problems', () => {
    const labels = { 'belfry.enable': 'yes', 'belfry.stop-signal': 'SIG;rm', 'belfry.stop-timeout': '-1' };
    assert.deepEqual(read(labels).problems, [
      'The label belfry.enable=yes is not true or false.',
      'The label belfry.stop-signal=SIG;rm is not a signal such as SIGTERM.',
      'The label belfry.stop-timeout=-1 is not a duration such as 90s, 5m or 1h30m.',
    ]);
  });

  test('set the cool-down under either prefix, always over the setting; the longer one wins', () => {
    const day = 86_400_000;
    const pluginLabels = ['cooldown-delay'];
    assert.equal(read({ [`${watchtower}cooldown-delay`]: '3d' }).cooldownDelay, 3 * day);
    assert.equal(read({ 'belfry.cooldown-delay': '0' }, { cooldownDelay: day }).cooldownDelay, 0);
    assert.equal(read({ 'belfry.cooldown-delay': '' }, { cooldownDelay: day }).cooldownDelay, day);
    const both = read({ 'belfry.cooldown-delay': '1w', [`${watchtower}cooldown-delay`]: '1M' });
    assert.deepEqual([both.cooldownDelay, both.warnings.length], [30 * day, 1]);
    assert.deepEqual(read({ [`${watchtower}cooldown-delay`]: 'soon' }, { pluginLabels }).problems, [
      `The label ${watchtower}cooldown-delay=soon is not a duration such as 12h, 3d or 1M (30 days).`,
    ]);
  });

  test('that nobody knows are warned of, with the nearest right one', () => {
    assert.deepEqual(read({ 'belfry.monitoronly': 'true', 'org.example': 'x' }).warnings, [
      'The label belfry.monitoronly is not one Belfry knows. Did you mean belfry.monitor-only?',
    ]);
  });

  test('that others read are not warned of', () => {
    const labels = {
      [`${watchtower}depends-on`]: 'db',
      'belfry.depends-on': 'db',
    };
    assert.deepEqual(read(labels).warnings, []);
  });

  test('set the stability window under Belfry’s prefix only', () => {
    assert.equal(read({ 'belfry.stability-window': '1m' }).stabilityWindow, 60_000);
    assert.equal(read({ [`${watchtower}stability-window`]: '1m' }).stabilityWindow, 10_000);
  });
});
