import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Stage, Wanted } from '../stage.ts';

const killed = 137;
const always = { Name: 'always', MaximumRetryCount: 0 };

export function stopCases(stage: () => Stage): void {
  const stopped = async (short: string, wanted: Wanted, options: { signal: string | null; grace: number | null }) => {
    const { world, run, isUp, state } = stage();
    const id = await run(short, 'stubborn', wanted);
    await isUp(id);
    await world.engine.stop(id, { signal: options.signal, graceSeconds: options.grace });
    const { Status, ExitCode } = await state(id);
    assert.equal(Status, 'exited');
    return { id, ExitCode };
  };

  test('FM13: stops a container by its own signal', async () => {
    const wanted = { config: { StopSignal: 'SIGUSR1' }, hostConfig: { RestartPolicy: always } };
    const { ExitCode } = await stopped('own-signal', wanted, { signal: null, grace: 9 });
    assert.equal(ExitCode, 5);
  });

  test('kills what outlasts the grace', async () => {
    const { ExitCode } = await stopped('outlasts', {}, { signal: null, grace: 1 });
    assert.equal(ExitCode, killed);
  });

  test('FM13: grants a container its own grace where none is given', async () => {
    const { ExitCode } = await stopped('own-grace', { config: { StopTimeout: 1 } }, { signal: null, grace: null });
    assert.equal(ExitCode, killed);
  });

  test('stops by another signal than its own, even under restart: always, and keeps the policy', async () => {
    const { world, state } = stage();
    const wanted = { hostConfig: { RestartPolicy: always } };
    const { id, ExitCode } = await stopped('other-signal', wanted, { signal: 'SIGUSR1', grace: 9 });
    assert.equal(ExitCode, 5);
    await world.pass(300);
    assert.equal((await state(id)).Status, 'exited');
    assert.deepEqual((await world.engine.inspect(id)).HostConfig.RestartPolicy, always);
  });

  test('kills what outlasts the grace after another signal', async () => {
    const wanted = { config: { StopTimeout: 1 }, hostConfig: { RestartPolicy: always } };
    const { ExitCode } = await stopped('outlasts-other', wanted, { signal: 'SIGTERM', grace: null });
    assert.equal(ExitCode, killed);
  });

  test('restarts a container, which keeps its id, by its own signal or another one', async () => {
    const { world, run, isUp, state } = stage();
    const wanted = { config: { StopTimeout: 1 }, hostConfig: { RestartPolicy: always } };
    const id = await run('restarted', 'stubborn', wanted);
    for (const signal of [null, 'SIGUSR1']) {
      await isUp(id);
      const before = await state(id);
      await world.pass(50);
      await world.engine.restart(id, { signal, graceSeconds: null });
      const after = await state(id);
      assert.equal(after.Status, 'running');
      assert.notEqual(after.StartedAt, before.StartedAt);
      assert.deepEqual((await world.engine.inspect(id)).HostConfig.RestartPolicy, always);
    }
  });
}
