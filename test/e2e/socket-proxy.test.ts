import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createDockerEngine } from '../../core/engine/docker/engine.ts';
import { assertUntouched, openScene } from './scene.ts';

describe('a socket proxy that refuses an endpoint', { concurrency: 2 }, () => {
  test('FM17: whichever it is, keeps an update from beginning, and nothing is done by halves', async (t) => {
    const scene = await openScene(t);
    const name = await scene.deploy('web');
    const before = await scene.inspect(name);
    await scene.release('web', '2');
    const probes = await createDockerEngine({
      host: scene.engine.host,
      apiVersion: null,
      tlsVerify: false,
      certPath: null,
    }).probe();
    assert.ok(probes.length > 15);

    for (const { endpoint } of probes) {
      const [method, path = ''] = endpoint.split(' ');
      const pattern = new RegExp(`^${path.replace('{id}', '.+')}$`);
      scene.engine.forbid((call) => call.method === method && pattern.test(call.path));
      const run = await scene.belfry('update');
      const told = [...run.problems, ...(run.problems.length > 0 ? [] : [run.item(name).problem])];
      assert.deepEqual([run.code, told[0]?.code], [1, 'ENGINE_FORBIDDEN'], `${endpoint}\n${run.stdout}${run.stderr}`);
      await assertUntouched(scene, before);
    }
    const changes = scene.engine.calls.filter(({ method }) => method !== 'GET');
    assert.deepEqual(changes, []);

    scene.engine.forbid(() => false);
    assert.equal((await scene.belfry('update')).item(name).state, 'recreated');
  });

  test('FM17: keeps a rollback from beginning as well', async (t) => {
    const scene = await openScene(t);
    const name = await scene.deploy('web');
    await scene.release('web', '2');
    await scene.belfry('update');
    const before = await scene.inspect(name);
    scene.engine.forbid(({ method, path }) => method === 'POST' && path.endsWith('/rename'));
    const refused = await scene.belfry('rollback', name);
    assert.deepEqual([refused.code, refused.problems[0]?.code], [1, 'ENGINE_FORBIDDEN']);
    await assertUntouched(scene, before);
  });

  test('FM17: takes nothing from a check, which needs to look only', async (t) => {
    const scene = await openScene(t);
    const name = await scene.deploy('web');
    await scene.release('web', '2');
    scene.engine.forbid(({ method }) => method !== 'GET');
    for (const args of [['check'], ['update', '--dry-run'], ['update', '--monitor-only']]) {
      const run = await scene.belfry(...args);
      assert.deepEqual([run.code, run.item(name).state], [0, 'available'], run.stderr);
    }
  });
});
