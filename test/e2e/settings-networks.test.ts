import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { describe, test } from 'node:test';
import type { ContainerDetails, Endpoint } from '../../core/engine/port.ts';
import { assertUntouched, openScene, type Scene } from './scene.ts';

const shorts = ['mid', 'alpha', 'zulu'] as const;

/** Three networks of both families, by their short names: the first numbers of each. */
async function openNetworks({ api, name, scope }: Scene) {
  const ranges = shorts.map((short) => {
    const [b, c] = [randomInt(100, 160), randomInt(256)];
    return [short, { four: `10.${b}.${c}`, six: `fd${b.toString(16)}:${c.toString(16)}:2` }] as const;
  });
  for (const [short, { four, six }] of ranges) {
    const Config = [{ Subnet: `${four}.0/24` }, { Subnet: `${six}::/64` }];
    const create = { Name: name(short), Labels: { 'belfry.scope': scope }, EnableIPv6: true, IPAM: { Config } };
    await api('POST', '/networks/create', create);
  }
  return new Map(ranges);
}

describe('the networks of a container', () => {
  test('FM20, FM21, FM23, FM25: all go along with addresses of both families, and no MAC that nobody asked for', async (t) => {
    const scene = await openScene(t);
    const ranges = await openNetworks(scene);
    const endpoint = (short: (typeof shorts)[number]): Endpoint => ({
      Aliases: [`${short}-alias`],
      IPAMConfig: { IPv4Address: `${ranges.get(short)?.four}.77`, IPv6Address: `${ranges.get(short)?.six}::77` },
    });
    const own = scene.name('mid');
    const name = await scene.deploy('web', {
      create: { HostConfig: { NetworkMode: own }, NetworkingConfig: { EndpointsConfig: { [own]: endpoint('mid') } } },
    });
    for (const short of ['zulu', 'alpha'] as const) {
      const connect = { Container: name, EndpointConfig: endpoint(short) };
      await scene.api('POST', `/networks/${scene.name(short)}/connect`, connect);
    }
    const before = await scene.inspect(name);
    for (const version of ['2', '3']) {
      await scene.release('web', version);
      const run = await scene.belfry('update', name);
      assert.equal(run.item(name).state, 'recreated', run.stderr);
      const after = await scene.inspect(name);
      assert.deepEqual(endpointsOf(after), endpointsOf(before));
      assert.ok(!after.Config.MacAddress);
    }
  });

  test('FM85: one that was removed is missed before the container is touched', async (t) => {
    const scene = await openScene(t);
    const ranges = await openNetworks(scene);
    assert.equal(ranges.size, 3);
    const name = await scene.deploy('web', { create: { HostConfig: { NetworkMode: scene.name('mid') } } });
    await scene.api('POST', `/containers/${name}/stop`);
    await scene.api('DELETE', `/networks/${scene.name('mid')}`);
    const before = await scene.inspect(name);
    await scene.release('web', '2');
    const run = await scene.belfry('update', '--include-stopped', '--revive-stopped', name);
    const { outcome, problem } = run.item(name);
    assert.deepEqual([outcome, problem?.code], ['unchanged', 'ENGINE_NOT_FOUND'], run.stderr);
    await assertUntouched(scene, before);
  });
});

function endpointsOf({ Id, NetworkSettings }: ContainerDetails): object {
  const networks = Object.entries(NetworkSettings.Networks ?? {}).map(([name, endpoint]) => {
    const { Aliases, IPAMConfig, IPAddress, GlobalIPv6Address } = endpoint;
    const own = (Aliases ?? []).filter((alias) => alias !== Id.slice(0, 12)).toSorted();
    return [name, { own, IPAMConfig, IPAddress, GlobalIPv6Address }];
  });
  return Object.fromEntries(networks);
}
