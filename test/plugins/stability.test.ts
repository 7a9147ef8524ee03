import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { WorkloadState } from 'belfry/plugin';
import { createFakeClock, createTestHost, samplePlan, sampleState, testPlugin } from 'belfry/testing';
import stability from '../../plugins/stability/index.ts';

test('it is whole', () => testPlugin(stability));

const plan = samplePlan({ stabilityWindow: 3100 });

/** What it says of a container that after a second becomes something else, and how long it took to say so. */
async function verdictOn(later: Partial<WorkloadState>) {
  const clock = createFakeClock();
  const began = clock.now();
  const state = () => sampleState(clock.now() - began >= 1000 ? later : {});
  const host = await createTestHost(stability, { clock, state });
  return { verdict: await host.ask('checkHealth', plan), took: clock.now() - began };
}

describe('a container without a health check', () => {
  test('is healthy once it has run through its window, to the millisecond', async () => {
    assert.deepEqual(await verdictOn({}), { verdict: { verdict: 'healthy' }, took: plan.stabilityWindow });
  });

  const bad: Readonly<Record<string, Partial<WorkloadState>>> = {
    'exited with code 2': { running: false, status: 'exited', exitCode: 2 },
    // A crash loop shows as running and restarting at once.
    'exited with code 3': { running: true, restarting: true, exitCode: 3 },
    'exited and was restarted': { running: true, restarts: 1 },
  };
  for (const [why, later] of Object.entries(bad)) {
    test(`is unhealthy, at once, when it ${why}`, async () => {
      const { verdict, took } = await verdictOn(later);
      assert.deepEqual(verdict, { verdict: 'unhealthy', reason: `${why} within 1.0 s` });
      assert.equal(took, 1000);
    });
  }
});

test('it has no opinion of a container with a health check', async () => {
  const healthcheck = { startPeriod: 0, interval: 1, timeout: 1, retries: 1 };
  const host = await createTestHost(stability, { state: () => sampleState({ healthcheck }) });
  assert.equal(await host.ask('checkHealth', plan), undefined);
});
