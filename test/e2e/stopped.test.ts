import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assertUntouched, openScene, type Scene } from './scene.ts';

describe('a container that does not run', { concurrency: 3 }, () => {
  for (const [state, deploy] of [
    ['exited', deployStopped],
    ['created', deployCreated],
  ] as const) {
    test(`FM18: because it is ${state} is left as it is, unless stopped ones are included`, async (t) => {
      const scene = await openScene(t);
      const name = await deploy(scene);
      const before = await scene.inspect(name);
      await scene.release('web', '2');
      const run = await scene.belfry('update');
      assert.deepEqual([run.code, run.report.counts.checked], [0, 0]);
      await assertUntouched(scene, before);
    });

    test(`FM18: because it is ${state} is replaced with --include-stopped, and not started`, async (t) => {
      const scene = await openScene(t);
      const name = await deploy(scene);
      const before = await scene.inspect(name);
      await scene.release('web', '2');
      const run = await scene.belfry('update', '--include-stopped');
      assert.equal(run.item(name).state, 'recreated', run.stderr);
      const after = await scene.inspect(name);
      assert.notEqual(after.Image, before.Image);
      assert.equal(after.State.Status, 'created');
      assert.deepEqual(after.HostConfig.RestartPolicy, before.HostConfig.RestartPolicy);
      assert.deepEqual(await scene.containers(), [name]);
    });

    test(`FM18: because it is ${state} is replaced and started with --revive-stopped`, async (t) => {
      const scene = await openScene(t);
      const name = await deploy(scene);
      await scene.release('web', '2');
      const run = await scene.belfry('update', '--include-stopped', '--revive-stopped');
      assert.equal(run.item(name).state, 'recreated', run.stderr);
      assert.equal((await scene.inspect(name)).State.Running, true);
      assert.deepEqual(await scene.containers(), [name]);
    });
  }

  test('FM18: and whose new image does not start, is put back and does not run', async (t) => {
    const scene = await openScene(t);
    const name = await deployStopped(scene);
    const before = await scene.inspect(name);
    await scene.release('web', '2', { Entrypoint: ['/missing'] });
    const run = await scene.belfry('update', '--include-stopped', '--revive-stopped');
    assert.equal(run.item(name).outcome, 'rolled-back');
    await assertUntouched(scene, before);
    assert.deepEqual(await scene.containers(), [name]);
  });

  test('FM11: although it would be removed as it stops, is replaced and not started', async (t) => {
    const scene = await openScene(t);
    const name = await deployCreated(scene, { AutoRemove: true });
    await scene.release('web', '2');
    const run = await scene.belfry('update', '--include-stopped');
    assert.equal(run.item(name).state, 'recreated', run.stderr);
    assert.equal((await scene.inspect(name)).State.Status, 'created');
    assert.deepEqual(await scene.containers(), [name]);
  });
});

const policy = { RestartPolicy: { Name: 'unless-stopped', MaximumRetryCount: 0 } };

async function deployStopped(scene: Scene): Promise<string> {
  const name = await scene.deploy('web', { create: { HostConfig: policy } });
  await scene.api('POST', `/containers/${name}/stop`);
  return name;
}

async function deployCreated(scene: Scene, HostConfig: object = policy): Promise<string> {
  const name = await scene.deploy('web');
  const { Config } = await scene.inspect(name);
  await scene.api('DELETE', `/containers/${name}?force=1`);
  const { Image, Labels } = Config;
  await scene.api('POST', `/containers/create?name=${name}`, { Image, Labels, HostConfig });
  return name;
}
