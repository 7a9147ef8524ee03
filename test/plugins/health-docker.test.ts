import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { WorkloadState } from 'belfry/plugin';
import { createFakeClock, createTestHost, samplePlan, sampleState, testPlugin } from 'belfry/testing';
import healthDocker from '../../plugins/health-docker/index.ts';

test('it is whole', () => testPlugin(healthDocker));

const healthcheck = { startPeriod: 0, interval: 1000, timeout: 1000, retries: 3 };
const starting = sampleState({ health: 'starting', healthcheck });

/** What it says of a container that goes through states; each begins after so many milliseconds. */
async function verdictOn(states: Readonly<Record<number, Partial<WorkloadState>>>) {
  const clock = createFakeClock();
  const began = clock.now();
  const state = () => {
    const passed = Object.entries(states).filter(([after]) => clock.now() - began >= Number(after));
    return { ...starting, ...passed.at(-1)?.[1] };
  };
  const host = await createTestHost(healthDocker, { clock, state });
  const verdict = await host.ask('checkHealth', samplePlan());
  return { verdict, took: clock.now() - began };
}

const reasonOf = async (states: Parameters<typeof verdictOn>[0]) => {
  const { verdict } = await verdictOn(states);
  assert.equal(verdict?.verdict, 'unhealthy');
  return verdict.reason;
};

describe('a container with a health check', () => {
  test('is healthy as soon as its check says so', async () => {
    const { verdict, took } = await verdictOn({ 3000: { health: 'healthy' } });
    assert.deepEqual(verdict, { verdict: 'healthy' });
    assert.equal(took, 3000);
  });

  test('is unhealthy with the words of its check', async () => {
    const reason = await reasonOf({ 2000: { health: 'unhealthy', healthOutput: 'connection refused' } });
    assert.equal(reason, 'health check failed: connection refused');
  });

  test('is unhealthy when it exits, restarts or crash-loops before it was healthy', async () => {
    assert.match(await reasonOf({ 500: { running: false, exitCode: 3 } }), /exited with code 3/);
    const died = { running: false, health: 'unhealthy', exitCode: 3 } as const;
    assert.match(await reasonOf({ 500: died }), /exited with code 3/, 'the engine calls what has stopped unhealthy');
    assert.match(await reasonOf({ 500: { restarting: true, exitCode: 1 } }), /exited with code 1/);
    assert.match(await reasonOf({ 500: { restarts: 1, exitCode: 0 } }), /exited and was restarted/);
  });

  test('is not taken for healthy by a last verdict from before it died', async () => {
    assert.match(await reasonOf({ 500: { health: 'healthy', running: false } }), /exited/);
  });

  test('is given the time its own terms ask for, and no more', async () => {
    const { verdict, took } = await verdictOn({});
    assert.equal(verdict?.verdict, 'unhealthy');
    assert.ok(took >= 8000 && took < 15_000, `${took}`);
    const slow = { healthcheck: { ...healthcheck, startPeriod: 60_000 } };
    const { verdict: late } = await verdictOn({ 0: slow, 61000: { ...slow, health: 'healthy' } });
    assert.deepEqual(late, { verdict: 'healthy' });
  });
});

test('it has no opinion of a container without a health check', async () => {
  const { verdict } = await verdictOn({ 0: { healthcheck: null, health: 'none' } });
  assert.equal(verdict, undefined);
});
