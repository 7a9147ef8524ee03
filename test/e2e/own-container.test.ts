import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { engineApi } from '../../core/demo/engine-api.ts';
import { until } from '../kit/until.ts';
import { printedBy, releaseBelfry, runInside, takenOver } from './inside.ts';
import { assertOriginal, openScene, type Scene } from './scene.ts';

const polling = ['watch', '--interval', '1s'];

describe('the container that Belfry itself runs in', { concurrency: 2 }, () => {
  for (const state of ['mounted', 'nowhere'] as const) {
    const where = state === 'mounted' ? 'with a state folder' : 'without one';
    test(`FM73: is replaced by a helper container, after which the new Belfry goes on, ${where}`, async (t) => {
      const scene = await openScene(t);
      const name = await runInside(scene, { args: polling, state });
      const before = await scene.inspect(name);
      await releaseBelfry(scene, '2', polling);
      await takenOver(scene, before);
      assert.deepEqual(await scene.containers(), [name]);
      const after = await scene.inspect(name);
      assert.deepEqual(after.HostConfig.Binds, before.HostConfig.Binds);
      assert.deepEqual(after.HostConfig.RestartPolicy, before.HostConfig.RestartPolicy);
      if (state === 'nowhere') return;
      const history = (await scene.start(['history']).done).stdout;
      assert.equal(history.match(/ updated +1 -> 2/g)?.length, 1, 'its update is told once');
    });

    test(`FM74: comes back itself where its new image fails, which is not tried again, ${where}`, async (t) => {
      const scene = await openScene(t);
      const name = await runInside(scene, { args: polling, state });
      const before = await scene.inspect(name);
      await until('the first cycle', async () => /next run/.test(await printedBy(scene, name)));
      await releaseBelfry(scene, '2', 'broken');
      await until(
        'it comes back and polls on',
        async () => {
          const said = await printedBy(scene, name);
          const since = said.indexOf('waiting until it is done');
          return since !== -1 && [...said.slice(since).matchAll(/cycle finished/g)].length >= 4;
        },
        60_000,
      );
      const beside = (await scene.containers()).filter((other) => other !== name);
      assert.deepEqual(beside, state === 'mounted' ? [] : [`${name}.belfry-helper`]);
      assert.equal(created(scene, 'belfry-new'), 1);
      assert.equal(created(scene, 'belfry-helper'), 1);
      await engineApi(scene.engineHost).ask('DELETE', `/containers/${name}.belfry-helper`);
      await assertOriginal(scene, before);
    });
  }

  test('FM75: with a published port and a fixed address it is stopped first, and comes back where the new one fails', async (t) => {
    const scene = await openScene(t);
    const network = scene.name('net');
    const IPAM = { Config: [{ Subnet: '10.213.77.0/24' }] };
    await scene.api('POST', '/networks/create', { Name: network, IPAM, Labels: { 'belfry.scope': scene.scope } });
    const name = await runInside(scene, {
      args: polling,
      env: ['BELFRY_NO_PULL=true'], // The registry listens on the loopback of the machine only.
      host: { NetworkMode: network, PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '28311' }] } },
      create: {
        ExposedPorts: { '80/tcp': {} },
        NetworkingConfig: { EndpointsConfig: { [network]: { IPAMConfig: { IPv4Address: '10.213.77.9' } } } },
      },
    });
    const before = await scene.inspect(name);
    const pull = async (version: string, args: readonly string[] | 'broken') => {
      const reference = await releaseBelfry(scene, version, args);
      await engineApi(scene.engineHost).pull(reference);
    };
    await pull('2', polling);
    const second = await takenOver(scene, before);
    assert.equal(second.NetworkSettings.Networks?.[network]?.IPAddress, '10.213.77.9');
    assert.deepEqual(second.HostConfig.PortBindings, before.HostConfig.PortBindings);

    await pull('3', 'broken');
    await until('the second one is back', async () =>
      /waiting until[\s\S]*cycle finished/.test(await printedBy(scene, name)),
    );
    const third = await scene.inspect(name);
    assert.deepEqual([third.Id, third.State.Running], [second.Id, true]);
  });

  test('FM73: is left alone, and said so, where the state folder would go with it', async (t) => {
    const scene = await openScene(t);
    const name = await runInside(scene, { state: 'in the container' });
    const before = await scene.inspect(name);
    await releaseBelfry(scene, '2');
    await scene.api('POST', `/containers/${name}/restart`);
    const said = /is left as it is: Belfry runs in it, and \/tmp\/state\S+ would be lost with it.*\(OWN_CONTAINER\)/;
    await until('it says so', async () => said.test(await printedBy(scene, name)));
    assert.equal((await scene.inspect(name)).Id, before.Id);
    assert.deepEqual(await scene.containers(), [name]);
  });
});

/** How many containers with a suffix Belfry has made. */
function created({ engine }: Scene, suffix: string): number {
  return engine.calls.filter(
    ({ path, query }) => path === '/containers/create' && query.get('name')?.endsWith(`.${suffix}`),
  ).length;
}
