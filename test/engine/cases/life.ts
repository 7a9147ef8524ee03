import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Stage, withCode } from '../stage.ts';

const policy = (Name: string, MaximumRetryCount = 0) => ({ RestartPolicy: { Name, MaximumRetryCount } });

export function lifeCases(stage: () => Stage): void {
  test('FM8: counts the restarts of a crash loop, in which a container that restarts counts as running', async () => {
    const { world, run, reaches } = stage();
    const id = await run('crash-loop', 'crashes', { hostConfig: policy('always') });
    await reaches(id, 'two restarts', (_, restarts) => restarts >= 2);
    await reaches(id, 'it restarts', (state) => state.Status === 'restarting' && state.Running && state.Restarting);
    assert.equal((await world.engine.list()).find((one) => one.id === id)?.state, 'restarting');
    await assert.rejects(world.engine.remove(id, { volumes: true }), withCode('ENGINE_CONFLICT'));
    await world.engine.stop(id, { signal: null, graceSeconds: 1 });
    await reaches(id, 'it is stopped', (state) => state.Status === 'exited' && !state.Running && state.ExitCode === 3);
  });

  test('gives up on-failure restarts after as many as the policy allows', async () => {
    const { world, run, reaches } = stage();
    const id = await run('on-failure', 'crashes', { hostConfig: policy('on-failure', 2) });
    await reaches(id, 'it gave up', (state, restarts) => state.Status === 'exited' && restarts === 2);
    assert.equal((await world.engine.inspect(id)).State.ExitCode, 3);
  });

  test('FM10: takes a new restart policy at once, and refuses one that it does not know', async () => {
    const { world, run, reaches } = stage();
    const { engine } = world;
    const id = await run('policy', 'crashes', { hostConfig: policy('always') });
    await engine.setRestartPolicy(id, { Name: 'no', MaximumRetryCount: 0 });
    await reaches(id, 'it stays down', (state) => state.Status === 'exited');
    assert.equal((await engine.inspect(id)).HostConfig.RestartPolicy?.Name, 'no');
    const unknown = { Name: 'sometimes', MaximumRetryCount: 0 };
    await assert.rejects(engine.setRestartPolicy(id, unknown), withCode('ENGINE_REFUSED'));
  });

  test('FM7: shows health from starting to healthy', async () => {
    const { world, create, state, reaches } = stage();
    const id = await create('healthy', 'healthy');
    assert.equal((await state(id)).Health?.Status, undefined);
    await world.engine.start(id);
    assert.equal((await state(id)).Health?.Status, 'starting');
    await reaches(id, 'it is healthy', (now) => now.Health?.Status === 'healthy');
  });

  test('shows a container that fails its checks as unhealthy', async () => {
    const { run, reaches } = stage();
    const id = await run('unhealthy', 'unhealthy');
    await reaches(id, 'it is unhealthy', (state) => state.Health?.Status === 'unhealthy' && state.Running);
  });

  test('counts a stopped container as unhealthy, whatever it was', async () => {
    const { world, run, state } = stage();
    const id = await run('was-healthy', 'healthy');
    await world.engine.stop(id, { signal: null, graceSeconds: 0 });
    assert.equal((await state(id)).Health?.Status, 'unhealthy');
  });

  test('tells the last lines of both streams', async () => {
    const { world, run, reaches } = stage();
    const id = await run('logs', 'crashes');
    await reaches(id, 'it ended', (state) => state.Status === 'exited');
    const lines = await world.engine.logs(id, 10);
    // Between the streams there is no order.
    assert.deepEqual([...lines].sort(), ['bye', 'worse']);
    assert.deepEqual(await world.engine.logs(id, 1), lines.slice(-1));
  });

  test('tells the lines of a container with a terminal', async () => {
    const { world, run, reaches } = stage();
    const id = await run('terminal', 'crashes', { config: { Tty: true } });
    await reaches(id, 'it ended', (state) => state.Status === 'exited');
    assert.deepEqual(await world.engine.logs(id, 10), ['bye', 'worse']);
  });

  test('has no lines of a container that never ran', async () => {
    const { world, create } = stage();
    assert.deepEqual(await world.engine.logs(await create('silent', 'serves'), 10), []);
  });
}
