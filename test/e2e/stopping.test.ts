import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { engineApi } from '../../core/demo/engine-api.ts';
import { unpackFirst } from '../../core/demo/tar.ts';
import { until } from '../kit/until.ts';
import { assertOriginal, assertUntouched, openScene, type Scene } from './scene.ts';

const always = { RestartPolicy: { Name: 'always', MaximumRetryCount: 0 } };
/** Goes on for seconds after it was asked to stop, and leaves a word that it came to its end. */
const closes = (signal: string, seconds: number) =>
  `trap 'sleep ${seconds}; echo closed > /data/state; exit 0' ${signal}; echo open > /data/state; sleep 3600 & wait`;
const volume = { Volumes: { '/data': {} } };

describe('the stop of a container', { concurrency: 4 }, () => {
  test('FM12: that the engine goes on with after the call broke off is waited for, and the original runs again', async (t) => {
    const scene = await openScene(t);
    const image = { Cmd: ['sh', '-c', closes('TERM', 3)], ...volume };
    const name = await scene.deploy('web', { create: { HostConfig: always }, image });
    const before = await scene.inspect(name);
    await scene.release('web', '2');
    scene.engine.setFault(({ method, path }) => {
      if (method !== 'POST' || !path.endsWith('/stop')) return undefined;
      scene.engine.setFault(() => undefined);
      return { do: 'desert' };
    });

    const run = await scene.belfry('update');
    const { outcome, problem } = run.item(name);
    assert.deepEqual([run.code, outcome, problem?.code], [1, 'rolled-back', 'ENGINE_ANSWER_INVALID']);
    await assertOriginal(scene, before);
    const { State } = await scene.inspect(name);
    assert.ok(String(State.StartedAt) > String(State.FinishedAt), 'it was started after the stop was over');
    assert.equal((await scene.belfry('update')).item(name).state, 'recreated', 'the image is not blamed');
  });

  test('FM12: that has not reached the engine leaves it as it was', async (t) => {
    const scene = await openScene(t);
    const name = await scene.deploy('web', { create: { HostConfig: always, StopTimeout: 1 } });
    const before = await scene.inspect(name);
    await scene.release('web', '2');
    scene.engine.setFault(({ method, path }) =>
      method === 'POST' && path.endsWith('/stop') ? { do: 'cut', when: 'before' } : undefined,
    );
    assert.equal((await scene.belfry('update')).item(name).outcome, 'unchanged');
    await assertUntouched(scene, before);
  });

  test('FM13: goes by its own signal and grace', async (t) => {
    const scene = await openScene(t);
    const image = { Cmd: ['sh', '-c', closes('USR1', 2)], ...volume, StopSignal: 'SIGUSR1' };
    const name = await scene.deploy('db', { image, create: { StopTimeout: 20 } });
    await until('an open file', async () => (await dataOf(scene, name)) === 'open');
    await scene.release('db', '2', volume);
    assert.equal((await scene.belfry('update', '--stop-timeout', '1s')).item(name).state, 'recreated');
    assert.equal(await dataOf(scene, name), 'closed');
  });

  test('FM13: goes by the signal and the grace of its labels before those', async (t) => {
    const scene = await openScene(t);
    const image = { Cmd: ['sh', '-c', closes('USR2', 2)], ...volume };
    const Labels = { 'belfry.stop-signal': 'SIGUSR2', 'belfry.stop-timeout': '20s' };
    const name = await scene.deploy('db', { image, create: { StopTimeout: 1, Labels } });
    await until('an open file', async () => (await dataOf(scene, name)) === 'open');
    await scene.release('db', '2', volume);
    assert.equal((await scene.belfry('update')).item(name).state, 'recreated');
    assert.equal(await dataOf(scene, name), 'closed');
  });

  test('FM10: leaves a parked one that nothing starts again, and that has its policy back when it returns', async (t) => {
    const scene = await openScene(t, { window: '2s' });
    const name = await scene.deploy('web', { create: { HostConfig: always } });
    const before = await scene.inspect(name);
    await scene.release('web', '2', { Cmd: ['sh', '-c', 'sleep 1; exit 1'] });
    const running = scene.belfry('update');
    const parked = await until('a parked container without a policy', async () => {
      const old = await scene.existing<Awaited<ReturnType<Scene['inspect']>>>(`/containers/${name}.belfry-old/json`);
      return old?.HostConfig.RestartPolicy?.Name === 'no' && old;
    });
    assert.deepEqual([parked.Id, parked.State.Running], [before.Id, false]);
    assert.equal((await running).item(name).outcome, 'rolled-back');
    await assertOriginal(scene, before);
  });

  test('FM19: without a start is refused by the name it has elsewhere, and touches nothing', async (t) => {
    const scene = await openScene(t);
    const name = await scene.deploy('web');
    const before = await scene.inspect(name);
    await scene.release('web', '2');
    const byFlag = await scene.start(['--run-once', '--no-restart']).done;
    const byVariable = await scene.start(['--run-once'], { WATCHTOWER_NO_RESTART: 'true' }).done;
    for (const { code, stderr } of [byFlag, byVariable]) {
      assert.equal(code, 2, stderr);
      assert.match(stderr, /--monitor-only/);
    }
    assert.deepEqual(scene.engine.calls, []);
    await assertUntouched(scene, before);
  });
});

/** What its data say. */
async function dataOf(scene: Scene, name: string): Promise<string> {
  const { body } = await engineApi(scene.engineHost).ask('GET', `/containers/${name}/archive?path=/data/state`);
  return unpackFirst(body).toString().trim();
}
