import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { engineApi } from '../../core/demo/engine-api.ts';
import { assertUntouched, idle, openScene, type Scene } from './scene.ts';

const count = 'echo start >> /srv/starts; grep -c start /srv/starts';

describe('a container that the engine removes as it stops (--rm)', { concurrency: 3 }, () => {
  test('FM11: is replaced, with its data and its settings', async (t) => {
    const scene = await openScene(t);
    const name = await deploy(scene);
    const before = await scene.inspect(name);
    await scene.release('web', '2', { Cmd: ['sh', '-c', `${count}; ${idle}`] });
    const run = await scene.belfry('update');
    assert.deepEqual([run.code, run.item(name).state], [0, 'recreated'], run.stderr);
    const after = await scene.inspect(name);
    assert.notEqual(after.Image, before.Image);
    assert.deepEqual([after.HostConfig.AutoRemove, after.State.Running], [true, true]);
    assert.equal(await logOf(scene, name), '2');
    assert.deepEqual(await scene.containers(), [name]);
  });

  test('FM11: is made again where its new image does not run, and what that said is told', async (t) => {
    const scene = await openScene(t);
    const name = await deploy(scene);
    const before = await scene.inspect(name);
    await scene.release('web', '2', { Cmd: ['sh', '-c', 'echo "no database"; exit 3'] });
    const run = await scene.belfry('update');
    const { outcome, problem, logTail } = run.item(name);
    assert.deepEqual([run.code, outcome, problem?.code, logTail], [1, 'rolled-back', 'UNHEALTHY', ['no database']]);
    const after = await scene.inspect(name);
    assert.deepEqual([after.Image, after.State.Running, after.HostConfig.AutoRemove], [before.Image, true, true]);
    assert.deepEqual(after.Config.Env, before.Config.Env);
    const tagged = await scene.api<{ readonly Id: string }>('GET', `/images/${before.Config.Image}/json`);
    assert.equal(tagged.Id, before.Image);
    assert.equal(await logOf(scene, name), '2');
    assert.deepEqual(await scene.containers(), [name]);
    assert.equal((await scene.belfry('update')).item(name).problem?.code, 'DIGEST_REJECTED');
  });

  test('FM16: is not stopped where the engine refuses to make a new one', async (t) => {
    const scene = await openScene(t);
    const name = await deploy(scene);
    const before = await scene.inspect(name);
    await scene.release('web', '2', { Cmd: null });
    const run = await scene.belfry('update');
    assert.deepEqual([run.item(name).outcome, run.item(name).problem?.code], ['unchanged', 'ENGINE_REFUSED']);
    await assertUntouched(scene, before);
  });

  test('is left as it is where no state folder can remember it', async (t) => {
    const scene = await openScene(t);
    const name = await deploy(scene);
    const before = await scene.inspect(name);
    await scene.release('web', '2');
    const run = await scene.start(['update'], { BELFRY_STATE_DIR: '/dev/null/nowhere' }).done;
    assert.match(run.stdout, new RegExp(`${name} .*\\(AUTOREMOVE\\)`));
    await assertUntouched(scene, before);
  });
});

async function deploy(scene: Scene): Promise<string> {
  const create = { Tty: true, Env: ['MODE=mine'], HostConfig: { AutoRemove: true } };
  const image = { Cmd: ['sh', '-c', `${count}; ${idle}`], Volumes: { '/srv': {} } };
  return scene.deploy('web', { create, image });
}

async function logOf(scene: Scene, name: string): Promise<string> {
  const { body } = await engineApi(scene.engineHost).ask('GET', `/containers/${name}/logs?stdout=1`);
  return body.toString().trim();
}
