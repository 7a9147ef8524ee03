import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { defer, definePlugin, unhealthy, z } from 'belfry/plugin';
import { testEngine } from 'belfry/testing';

const describing = { apiVersion: 1, summary: 'A plugin under test.' } as const;
const waits = definePlugin({
  ...describing,
  name: 'waits',
  config: z.strictObject({ hours: z.int().default(3) }),
  labels: { wait: 'Whether it waits.' },
  setup: ({ config: { hours }, now }) => ({
    beforeUpdate: (plan) => (plan.labels['belfry.wait'] ? defer(`${hours} hours`, now()) : undefined),
  }),
});

describe('the test engine', () => {
  test('shows an update happen', async () => {
    const engine = testEngine();
    engine.container('web');
    engine.container('db', { newer: null });
    const { finished, item, events } = await engine.update();
    assert.equal(item('web').state, 'recreated');
    assert.equal(item('web').to?.version, '1.1.0');
    assert.deepEqual([finished.counts.checked, finished.counts.upToDate], [2, 1]);
    assert.deepEqual(
      events.flatMap(({ type, workload }) => (workload?.name === 'web' ? [type] : [])),
      ['checked', 'found', 'pulled', 'recreated'],
    );
    assert.throws(() => item('db'), /says nothing of db/);
  });

  test('asks the plugins it is given, each with its configuration and name', async () => {
    const engine = testEngine();
    engine.container('web', { labels: { 'belfry.wait': 'true' } });
    engine.container('api');
    const { item, logged } = await engine.update({
      plugins: [{ plugin: waits, config: { hours: 5 }, name: 'patience' }],
    });
    assert.deepEqual([item('web').by, item('web').problem?.message], ['patience', '5 hours']);
    assert.equal(item('api').state, 'recreated');
    assert.deepEqual(
      logged.filter((line) => line.startsWith('warn')),
      [],
      'its label is known',
    );
    assert.equal((await engine.update({ plugins: [waits] })).item('web').problem?.message, '3 hours');
    assert.equal((await engine.update()).item('web').state, 'recreated');
    await assert.rejects(engine.update({ plugins: [{ plugin: waits, config: { hour: 5 } }] }), /Did you mean hours\?/);
  });

  test('verifies as Belfry does, rolls back, and remembers what failed', async () => {
    const engine = testEngine();
    engine.container('web', { behaves: { exitsAfter: 0, exitCode: 3 } });
    const { item } = await engine.update();
    assert.deepEqual([item('web').state, item('web').outcome], ['failed', 'rolled-back']);
    assert.match(item('web').problem?.message ?? '', /exited with code 3/);
    assert.equal((await engine.update()).item('web').problem?.code, 'DIGEST_REJECTED');
    assert.equal((await engine.update({ force: true })).item('web').outcome, 'rolled-back');
    assert.equal(
      (await engine.update({ plugins: [{ use: 'stability', enabled: false }], force: true })).item('web').state,
      'failed',
    );
  });

  test('asks a health check, and changes nothing in a dry run', async () => {
    const engine = testEngine();
    engine.container('web');
    const ill = definePlugin({
      ...describing,
      name: 'ill',
      setup: () => ({ checkHealth: () => unhealthy('no answer') }),
    });
    const looked = await engine.update({ plugins: [ill], dryRun: true });
    assert.deepEqual([looked.item('web').state, looked.previews.length], ['available', 1]);
    const { item } = await engine.update({ plugins: [ill] });
    assert.deepEqual([item('web').outcome, item('web').problem?.message], ['rolled-back', 'no answer']);
  });

  test('takes settings, and names of containers', async () => {
    const engine = testEngine();
    engine.container('web');
    engine.container('api');
    const { finished } = await engine.update({ names: ['web'], settings: { monitorOnly: true } });
    assert.deepEqual(
      finished.items.map(({ workload, problem }) => [workload.name, problem?.code]),
      [['web', 'MONITOR_ONLY']],
    );
  });
});
