import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Attempt, definePlugin, healthy, probeFields, probing, unhealthy, z } from 'belfry/plugin';
import { createFakeClock, createTestHost, samplePlan } from 'belfry/testing';

/** A probe of a third party’s: `answer` makes its attempts. */
function probe(answer: (name: string) => Attempt) {
  const check = z.strictObject({ ...probeFields(), key: z.string() });
  return definePlugin({
    name: 'health-redis',
    apiVersion: 1,
    summary: 'Asks whether a key is there.',
    config: z.strictObject({ checks: z.array(check).default([]) }),
    ...probing<{ readonly key: string }>({
      fromLabels: (read) => {
        const key = read('health.redis', 'a key', (text) => (text === '?' ? undefined : text));
        return key === undefined ? undefined : { key };
      },
      begin: ({ check }) => answer(check.key),
    }),
  });
}

const checks = (...keys: readonly string[]) => ({
  checks: keys.map((key) => ({ containers: ['web'], key, timeout: '10s' })),
});

describe('a probe', () => {
  test('makes as many checks as there are, each from its own beginning', async () => {
    const begun: string[] = [];
    const plugin = probe((key) => {
      begun.push(key);
      return async () => healthy();
    });
    const host = await createTestHost(plugin, { config: checks('a', 'b') });
    await host.ask('checkHealth', samplePlan({ labels: { 'belfry.health.redis': 'c' } }));
    assert.deepEqual(begun, ['a', 'b', 'c']);
    assert.equal(await host.ask('beforeUpdate', samplePlan()), undefined);
  });

  test('gives up the others once one of them fails', async () => {
    let stopped = 0;
    const plugin = probe((key) => async ({ signal }) => {
      if (key === 'b') return unhealthy('b is gone');
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      stopped += 1;
      return healthy();
    });
    const host = await createTestHost(plugin, { config: checks('a', 'b', 'c') });
    assert.deepEqual(await host.ask('checkHealth', samplePlan()), unhealthy('b is gone'));
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(stopped, 2);
  });

  test('tells an attempt how long it has been at it, and how long it has', async () => {
    const seen: (readonly [number, number])[] = [];
    const plugin = probe(() => async ({ elapsed, left }) => {
      seen.push([elapsed, left]);
      return 'not yet';
    });
    const clock = createFakeClock();
    const host = await createTestHost(plugin, {
      clock,
      config: { checks: [{ containers: ['web'], key: 'a', timeout: '5s', interval: '2s' }] },
    });
    assert.deepEqual(await host.ask('checkHealth', samplePlan()), unhealthy('not yet (tried for 5s)'));
    assert.deepEqual(seen, [
      [0, 5000],
      [2000, 3000],
      [4000, 1000],
      [5000, 1000],
    ]);
  });

  test('says so where there were too few good answers in a row', async () => {
    let count = 0;
    const plugin = probe(() => async () => {
      count += 1;
      return count % 2 === 0 ? 'no' : healthy();
    });
    const config = { checks: [{ containers: ['web'], key: 'a', timeout: '2s', successes: 2 }] };
    const verdict = await (await createTestHost(plugin, { config })).ask('checkHealth', samplePlan());
    assert.deepEqual(verdict, unhealthy('only 1 of 2 attempts in a row succeeded (tried for 2s)'));
  });

  test('that breaks is not healthy', async () => {
    const plugin = probe(() => () => Promise.reject(new Error('broken')));
    const host = await createTestHost(plugin, { config: checks('a') });
    await assert.rejects(host.ask('checkHealth', samplePlan()), /failed: broken/);
  });
});
