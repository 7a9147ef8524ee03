import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Stage, withCode } from '../stage.ts';

const atOnce = { signal: null, graceSeconds: 0 };
const autoRemove = { hostConfig: { AutoRemove: true } };

export function removalCases(stage: () => Stage): void {
  test('removes a container only when it does not run', async () => {
    const { world, run } = stage();
    const { engine } = world;
    const id = await run('removed', 'serves');
    await assert.rejects(engine.remove(id, { volumes: true }), withCode('ENGINE_CONFLICT'));
    await engine.stop(id, atOnce);
    await engine.remove(id, { volumes: true });
    await assert.rejects(engine.inspect(id), withCode('ENGINE_NOT_FOUND'));
  });

  test('FM29: removes the unnamed volumes of a container, never those that were attached to it by name', async () => {
    const { world, create } = stage();
    const { engine } = world;
    const first = await create('volumes-1', 'serves', { config: { Volumes: { '/data': {} } } });
    const unnamed = (await engine.inspect(first)).Mounts?.[0]?.Name ?? '';
    await engine.remove(first, { volumes: false });
    assert.equal(await world.volumeExists(unnamed), true);

    const Binds = [`${unnamed}:/data`, `${world.name('named')}:/named`];
    const config = { Volumes: { '/data': {}, '/own': {} } };
    const second = await create('volumes-2', 'serves', { config, hostConfig: { Binds } });
    const mounts = (await engine.inspect(second)).Mounts ?? [];
    const nameAt = (path: string) => mounts.find(({ Destination }) => Destination === path)?.Name ?? '';
    assert.equal(mounts.length, 3);
    assert.equal(nameAt('/data'), unnamed);
    const own = nameAt('/own');
    await engine.remove(second, { volumes: true });
    const left = await Promise.all([unnamed, world.name('named'), own].map((name) => world.volumeExists(name)));
    assert.deepEqual(left, [true, true, false]);

    const last = await create('volumes-3', 'serves', { hostConfig: { Binds: [`${unnamed}:/data`] } });
    await engine.remove(last, { volumes: true });
    assert.equal(await world.volumeExists(unnamed), true);
    await world.removeVolume(unnamed);
  });

  test('FM11: waits until an auto-removed container is gone after its stop', async () => {
    const { world, run } = stage();
    const { engine } = world;
    const id = await run('auto-removed', 'serves', autoRemove);
    const removed = engine.waitRemoved(id);
    await engine.stop(id, atOnce);
    await removed;
    await assert.rejects(engine.inspect(id), withCode('ENGINE_NOT_FOUND'));
    await engine.waitRemoved(id);
  });

  test('FM11: still tells what an auto-removed container said when it is gone', async () => {
    const { world, create } = stage();
    const { engine } = world;
    const id = await create('followed', 'crashes', autoRemove);
    const followed = await engine.follow(id);
    const removed = engine.waitRemoved(id);
    await engine.start(id);
    await removed;
    await assert.rejects(engine.logs(id, 10), withCode('ENGINE_NOT_FOUND'));
    const lines = followed.lines(10);
    assert.deepEqual([...lines].sort(), ['bye', 'worse']);
    assert.deepEqual(followed.lines(1), lines.slice(-1));
    followed.close();
  });

  test('stops waiting for a removal when told to', async () => {
    const { world, create } = stage();
    const abort = new AbortController();
    const waiting = world.engine.waitRemoved(await create('kept', 'serves'), abort.signal);
    const rejected = assert.rejects(waiting, withCode('STOPPED_BY_SIGNAL'));
    await world.pass(50);
    abort.abort();
    await rejected;
  });

  test('removes an auto-removed container whose start fails', async () => {
    const { world, create } = stage();
    const id = await create('auto-failed', 'lacksEntrypoint', autoRemove);
    const removed = world.engine.waitRemoved(id);
    await assert.rejects(world.engine.start(id), withCode('ENGINE_REFUSED'));
    await removed;
  });

  test('takes no restart policy for an auto-removed container but no', async () => {
    const { world, create } = stage();
    const id = await create('auto-policy', 'serves', autoRemove);
    const always = { Name: 'always', MaximumRetryCount: 0 };
    await assert.rejects(world.engine.setRestartPolicy(id, always), withCode('ENGINE_CONFLICT'));
    await world.engine.setRestartPolicy(id, { Name: 'no', MaximumRetryCount: 0 });
  });
}
