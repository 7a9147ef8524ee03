import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { describe, test } from 'node:test';
import { assertOriginal, openScene, type Scene } from './scene.ts';

const RestartPolicy = { Name: 'on-failure', MaximumRetryCount: 5 };

describe('a port that someone steals in the middle of an update', { concurrency: 3 }, () => {
  test('FM33: and gives back costs the update, not the container', async (t) => {
    const scene = await openScene(t);
    const { name, steal, giveBack } = await openHeist(scene);
    const before = await scene.inspect(name);
    let starts = 0;
    scene.engine.setFault(async ({ method, path }) => {
      if (method !== 'POST' || !path.endsWith('/start')) return undefined;
      starts += 1;
      if (starts === 1) await steal();
      // The first attempt to bring the original back meets the thief as well.
      if (starts === 3) await giveBack();
      return undefined;
    });

    const run = await scene.belfry('update', name);
    assert.equal(run.code, 1);
    const { state, outcome, problem } = run.item(name);
    assert.deepEqual([state, outcome, problem?.code], ['failed', 'rolled-back', 'START_FAILED']);
    assert.match(problem?.message ?? '', /port is already allocated/);
    await assertOriginal(scene, before);
  });

  for (const rescue of ['recover', 'update']) {
    test(`FM5, FM33: and keeps leaves the container down, told before all else, until ${rescue} finds the port free`, async (t) => {
      const scene = await openScene(t);
      const early = await scene.deploy('a-first', { create: { HostConfig: { RestartPolicy } } });
      await scene.release('a-first', '2', { Cmd: ['false'] });
      const { name, steal, giveBack } = await openHeist(scene);
      const [before, beforeEarly] = [await scene.inspect(name), await scene.inspect(early)];
      scene.engine.setFault(async ({ method, path }) => {
        if (method !== 'POST' || !path.endsWith('/start')) return undefined;
        const { Name } = await scene.inspect(path.split('/')[2] ?? '');
        if (Name !== before.Name) return undefined;
        scene.engine.setFault(() => undefined);
        await steal();
        return undefined;
      });

      const run = await scene.belfry('update');
      assert.equal(run.code, 1);
      const [first, second] = run.report.items;
      assert.deepEqual([first?.workload.name, first?.outcome, first?.problem?.code], [name, 'down', 'ROLLBACK_FAILED']);
      assert.deepEqual([second?.workload.name, second?.outcome], [early, 'rolled-back']);
      await assertOriginal(scene, beforeEarly);
      const down = await scene.inspect(before.Id);
      assert.deepEqual([down.Name, down.State.Running], [before.Name, false]);
      assert.deepEqual(down.HostConfig.RestartPolicy, before.HostConfig.RestartPolicy);

      if (rescue === 'recover') {
        const again = await scene.start(['update']).done;
        assert.equal(again.code, 1);
        assert.match(again.stdout.split('\n')[1] ?? '', new RegExp(`^DOWN +${name} `));
      }

      await giveBack();
      const rescued = await scene.belfry(rescue);
      assert.equal(rescued.code, 0, rescued.stderr);
      await assertOriginal(scene, before);
      assert.deepEqual(await scene.containers(), [early, name]);
    });
  }
});

/** A container with a published port, which is behind, and a thief who takes that port while it is free. */
async function openHeist(scene: Scene) {
  const HostPort = String(randomInt(20_000, 30_000));
  const HostConfig = { PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort }] } };
  const create = { ExposedPorts: { '80/tcp': {} }, HostConfig: { ...HostConfig, RestartPolicy } };
  const name = await scene.deploy('web', { create });
  await scene.release('web', '2');
  const { reference } = await scene.release('thief', '1');
  const thief = scene.name('thief');
  return {
    name,
    steal: async () => {
      const Labels = { 'belfry.enable': 'false' };
      await scene.run('thief', { Image: reference, ExposedPorts: { '80/tcp': {} }, HostConfig, Labels });
    },
    giveBack: () => scene.api('DELETE', `/containers/${thief}?force=1`),
  };
}
