import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openScene } from './scene.ts';

describe('belfry rollback', { concurrency: 3 }, () => {
  for (const [title, args] of [
    ['goes back to the image before the last update, and leaves the newer one alone from then on', []],
    [
      'pulls the image before the last update again by its digest where it is gone',
      ['--cleanup', '--rollback-grace', '0s'],
    ],
  ] as const) {
    test(title, async (t) => {
      const scene = await openScene(t);
      const create = { Env: ['MODE=mine'], Volumes: { '/srv': {} } };
      const name = await scene.deploy('web', { create, image: { Env: ['LEVEL=1'] } });
      const before = await scene.inspect(name);
      await scene.release('web', '2', { Env: ['LEVEL=2'] });
      await scene.belfry('update', ...args);
      assert.notEqual((await scene.inspect(name)).Image, before.Image);
      assert.equal((await scene.existing(`/images/${before.Image}/json`)) === null, args.length > 0);

      const run = await scene.belfry('rollback', name);
      assert.deepEqual([run.code, run.item(name).state, run.item(name).to?.version], [0, 'recreated', '1'], run.stderr);
      const after = await scene.inspect(name);
      assert.deepEqual([after.Image, after.Config.Image], [before.Image, before.Config.Image]);
      assert.deepEqual(after.Config.Env, before.Config.Env);
      assert.deepEqual(
        after.Mounts?.map((mount) => mount.Name),
        before.Mounts?.map((mount) => mount.Name),
      );
      assert.deepEqual(await scene.containers(), [name]);

      const next = await scene.belfry('update');
      assert.equal(next.item(name).problem?.code, 'DIGEST_REJECTED');
      await scene.release('web', '3');
      assert.equal((await scene.belfry('update')).item(name).state, 'recreated');
    });
  }

  test('has the image left behind tried again when forced', async (t) => {
    const scene = await openScene(t);
    const name = await scene.deploy('web');
    await scene.release('web', '2');
    await scene.belfry('update');
    await scene.belfry('rollback', name);
    const run = await scene.belfry('update', '--force');
    assert.deepEqual([run.item(name).state, run.item(name).to?.version], ['recreated', '2']);
  });

  test('of a container that was never updated says so', async (t) => {
    const scene = await openScene(t);
    const name = await scene.deploy('web');
    const run = await scene.belfry('rollback', name);
    assert.deepEqual([run.code, run.problems.map(({ code }) => code)], [2, ['NOTHING_TO_ROLL_BACK']]);
  });

  test('to an image that does not run any more leaves the container as it is', async (t) => {
    const scene = await openScene(t);
    const HostConfig = { Binds: [`${scene.name('once')}:/once`] };
    // It runs once: then the volume remembers.
    const Cmd = ['sh', '-c', "test -e /once/done && exit 1; touch /once/done; trap 'exit 0' TERM; sleep 3600 & wait"];
    const name = await scene.deploy('web', { create: { HostConfig }, image: { Cmd } });
    await scene.release('web', '2');
    await scene.belfry('update');
    const before = await scene.inspect(name);
    const run = await scene.belfry('rollback', name);
    assert.deepEqual([run.code, run.item(name).outcome, run.item(name).problem?.code], [1, 'rolled-back', 'UNHEALTHY']);
    const after = await scene.inspect(before.Id);
    assert.deepEqual([after.Name, after.State.Running], [before.Name, true]);
    assert.deepEqual(await scene.containers(), [name]);
  });
});
