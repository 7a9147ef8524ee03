import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { publish, type Shape } from '../kit/images.ts';
import { openRegistryProxy } from '../kit/registry-proxy.ts';
import { app, assertUntouched, openScene } from './scene.ts';

describe('a version that is published', { concurrency: 3 }, () => {
  for (const shape of ['image', 'index', 'attested index', 'Docker list'] satisfies Shape[]) {
    test(`FM65: as ${shape} is applied once, and then it is up to date`, async (t) => {
      const { scene, name } = await openPublished(t, shape);
      const digest = await publish(scene, 'web:latest', { ...app('2'), shape });
      const run = await scene.belfry('update');
      assert.deepEqual([run.item(name).state, run.item(name).to?.digest], ['recreated', digest], run.stdout);
      const again = await scene.belfry('update');
      assert.deepEqual([again.code, again.report.counts.upToDate, again.report.items], [0, 1, []]);
    });
  }

  for (const shape of ['index', 'attested index', 'Docker list', 'nested index'] satisfies Shape[]) {
    test(`FM65: anew as ${shape} with the same image in it is nothing new`, async (t) => {
      const { scene, name } = await openPublished(t, 'image');
      const before = await scene.inspect(name);
      await publish(scene, 'web:latest', { ...app('1'), shape });
      const run = await scene.belfry('update');
      assert.deepEqual([run.code, run.report.counts.upToDate, run.report.items], [0, 1, []]);
      await assertUntouched(scene, before);
    });
  }

  test('FM58: without a layer that the registry has lost costs no container anything', async (t) => {
    const { scene, name } = await openPublished(t, 'image');
    const before = await scene.inspect(name);
    await publish(scene, 'web:latest', { ...app('2'), shape: 'without a layer' });
    const { outcome, problem } = (await scene.belfry('update')).item(name);
    assert.deepEqual([outcome, problem?.code], ['unchanged', 'PULL_FAILED']);
    await assertUntouched(scene, before);
  });

  test('FM64: does not touch a container that names another one by digest, and nobody is asked about it', async (t) => {
    const scene = await openScene(t);
    const proxy = await openRegistryProxy(scene.registry);
    t.after(() => proxy.close());
    const digest = await publish(scene, 'web:latest', app('1'));
    const through = scene.reference('web:latest', proxy.address);
    await scene.run('other', { Image: through });
    const tagged = `${through}@${digest}`;
    const names = [tagged, tagged.replace(':latest', '')].map((Image, at) => ({
      Image,
      name: scene.name(`pinned-${at}`),
    }));
    for (const { Image, name } of names) {
      await scene.api('POST', `/containers/create?name=${name}`, { Image, Labels: { 'belfry.scope': scene.scope } });
      await scene.api('POST', `/containers/${name}/start`);
    }
    await publish(scene, 'web:latest', app('2'));
    const asked = proxy.calls.length;
    for (const { Image, name } of names) {
      const before = await scene.inspect(name);
      assert.equal((await scene.belfry('update', name)).item(name).problem?.code, 'PINNED');
      const after = await scene.inspect(name);
      assert.deepEqual([after.Id, after.Config.Image, after.State], [before.Id, Image, before.State]);
    }
    assert.equal(proxy.calls.length, asked);
  });

  test('FM62: is found for a container whose own image is gone, and every setting is kept', async (t) => {
    const { scene, name } = await openPublished(t, 'image', { Env: ['MODE=mine'], WorkingDir: '/tmp' });
    const before = await scene.inspect(name);
    await scene.api('POST', `/containers/${name}/stop`);
    await scene.api('DELETE', `/images/${before.Image}?force=1`);
    assert.equal(await scene.existing(`/images/${before.Image}/json`), null);
    await publish(scene, 'web:latest', app('2'));
    const run = await scene.belfry('update', '--include-stopped', '--revive-stopped');
    assert.equal(run.item(name).state, 'recreated', run.stdout);
    const { Config, State } = await scene.inspect(name);
    assert.equal(State.Running, true);
    assert.deepEqual([Config.Env, Config.WorkingDir, Config.Cmd], [before.Config.Env, '/tmp', before.Config.Cmd]);
    assert.equal((await scene.belfry('update')).report.counts.upToDate, 1);
  });

  test('FM67: at a registry that asks to wait leaves the state unknown, and nothing is pulled instead', async (t) => {
    const scene = await openScene(t);
    const proxy = await openRegistryProxy(scene.registry);
    t.after(() => proxy.close());
    const names: string[] = [];
    for (const short of ['api', 'db', 'web']) {
      await publish(scene, `${short}:latest`, app('1'));
      names.push(await scene.run(short, { Image: scene.reference(`${short}:latest`, proxy.address) }));
      await publish(scene, `${short}:latest`, app('2'));
    }
    const before = await Promise.all(names.map(scene.inspect));
    const asked = proxy.calls.length;
    proxy.setFault(() => ({ do: 'answer', status: 429, headers: { 'retry-after': '3600' } }));
    const { code, report } = await scene.belfry('update');
    const codes = report.items.map(({ problem }) => problem?.code);
    assert.deepEqual([code, report.counts.upToDate, new Set(codes)], [1, 0, new Set(['REGISTRY_RATE_LIMITED'])]);
    assert.equal(codes.length, 3);
    const questions = proxy.calls.slice(asked);
    assert.ok(questions.length <= 3 && questions.every(({ method }) => method === 'HEAD'), JSON.stringify(questions));
    assert.deepEqual(
      scene.engine.calls.filter(({ method }) => method !== 'GET'),
      [],
    );
    for (const one of before) await assertUntouched(scene, one);
  });
});

/** A container of version 1 in a shape. */
async function openPublished(t: TestContext, shape: Shape, create: object = {}) {
  const scene = await openScene(t);
  await publish(scene, 'web:latest', { ...app('1'), shape });
  const name = await scene.run('web', { Image: scene.reference('web:latest'), ...create });
  return { scene, name };
}
