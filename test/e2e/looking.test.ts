import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { describe, test } from 'node:test';
import type { Preview } from '../../core/cycle/preview.ts';
import { publish } from '../kit/images.ts';
import { openRegistryProxy } from '../kit/registry-proxy.ts';
import { app, assertUntouched, openScene } from './scene.ts';

describe('a command that only looks', { concurrency: 2 }, () => {
  for (const args of [['check'], ['update', '--dry-run']]) {
    test(`${args.join(' ')} pulls nothing, moves no tag, changes nothing and remembers nothing`, async (t) => {
      const scene = await openScene(t);
      const name = await scene.deploy('web');
      const before = await scene.inspect(name);
      const ours = encodeURIComponent(JSON.stringify({ reference: [`${scene.registry}/${scene.prefix}/*`] }));
      const images = () => scene.api('GET', `/images/json?filters=${ours}`);
      const imagesBefore = await images();
      const { digest } = await scene.release('web', '2');

      const run = await scene.belfry(...args);
      const { state, to, problem } = run.item(name);
      assert.deepEqual([run.code, state, to?.digest, problem?.code], [0, 'available', digest, 'DRY_RUN']);
      assert.deepEqual(await images(), imagesBefore);
      await assertUntouched(scene, before);
      const changes = scene.engine.calls.filter(({ method }) => method !== 'GET');
      assert.deepEqual(changes, []);
      assert.deepEqual(await readdir(scene.stateFolder), []);
    });
  }

  const looks = [['check'], ['update', '--dry-run', '--cleanup'], ['update', '--monitor-only', '--cleanup']];
  for (const args of [...looks, ['watch', '--run-once', '--monitor-only']]) {
    test(`${args.join(' ')} has no layer fetched and no tag moved`, async (t) => {
      const scene = await openScene(t);
      const proxy = await openRegistryProxy(scene.registry);
      t.after(() => proxy.close());
      await publish(scene, 'web:latest', app('1'));
      const Image = scene.reference('web:latest', proxy.address);
      const name = await scene.run('web', { Image });
      const before = await scene.inspect(name);
      await publish(scene, 'web:latest', { ...app('2'), shape: 'attested index' });
      const asked = proxy.calls.length;

      const run = await scene.start(args).done;
      assert.equal(run.code, 0, run.stderr);
      assert.match(run.stdout + run.stderr, new RegExp(name));
      const blobs = proxy.calls.slice(asked).filter(({ path }) => path.includes('/blobs/'));
      assert.equal(blobs.length, 1, 'the configuration, which is read for what it says');
      assert.deepEqual(
        scene.engine.calls.filter(({ method }) => method !== 'GET'),
        [],
      );
      assert.equal((await scene.api<{ readonly Id: string }>('GET', `/images/${Image}/json`)).Id, before.Image);
      await assertUntouched(scene, before);
    });
  }

  test('check answers a script by its exit code', async (t) => {
    const scene = await openScene(t);
    await scene.deploy('web');
    assert.equal((await scene.belfry('check', '--exit-code')).code, 0);
    await scene.release('web', '2');
    assert.equal((await scene.belfry('check', '--exit-code')).code, 10);
    assert.equal((await scene.belfry('check')).code, 0);
  });

  test('a dry run tells what would follow the new image, and what stays', async (t) => {
    const scene = await openScene(t);
    const create = { Env: ['MODE=mine'] };
    await scene.deploy('web', { create, image: { Env: ['MODE=image', 'LEVEL=1'], WorkingDir: '/tmp' } });
    await scene.release('web', '2', { Env: ['MODE=other', 'LEVEL=2'], WorkingDir: '/' });
    const run = await scene.belfry('update', '--dry-run');
    const [preview] = run.json<{ previews: readonly Preview[] }>().previews;
    assert.deepEqual([preview?.refusal, preview?.rollback], [null, 'original']);
    assert.deepEqual(preview?.follows.toSorted(), [
      'Config.Env.LEVEL: "1" -> "2"',
      'Config.Labels.org.opencontainers.image.version: "1" -> "2"',
      'Config.WorkingDir: "/tmp" -> "/"',
    ]);
  });
});
