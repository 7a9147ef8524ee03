import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openPrivateEngine, type PrivateEngine } from '../../core/demo/private-engine.ts';
import { findProgram, isRoot } from '../../core/demo/programs.ts';
import { until } from '../kit/until.ts';
import { openScene, type Scene } from './scene.ts';

const able = isRoot() && findProgram('dockerd') && findProgram('ip');

describe('FM84: what Belfry has updated', { skip: able ? false : 'needs root, dockerd and iproute2' }, () => {
  let engine: PrivateEngine;
  before(async () => {
    engine = await openPrivateEngine({ besideOthers: true });
  });
  after(() => engine.close());

  for (const outcome of ['updated', 'rolled back'] as const) {
    test(`comes up after a restart of its own and of the engine, where it was ${outcome}`, async (t) => {
      const scene = await openScene(t, { engineHost: engine.host });
      const network = scene.name('net');
      const IPAM = { Config: [{ Subnet: outcome === 'updated' ? '10.214.1.0/24' : '10.214.2.0/24' }] };
      await scene.api('POST', '/networks/create', { Name: network, IPAM, Labels: { 'belfry.scope': scene.scope } });
      const names: string[] = [];
      for (const policy of ['always', 'unless-stopped']) {
        const RestartPolicy = { Name: policy };
        const HostConfig = { NetworkMode: network, RestartPolicy };
        names.push(await scene.deploy(policy, { create: { HostConfig } }));
        await scene.release(policy, '2', outcome === 'updated' ? {} : { Cmd: ['false'] });
      }
      await scene.belfry('update');
      const settled = await factsOf(scene, names);

      for (const name of names) await scene.api('POST', `/containers/${name}/restart`);
      assert.deepEqual(await factsOf(scene, names), settled);
      await engine.restart();
      await until('all run again', async () => (await factsOf(scene, names)).every(({ running }) => running));
      assert.deepEqual(await factsOf(scene, names), settled);
      assert.deepEqual(await scene.containers(), names.toSorted());
    });
  }
});

async function factsOf(scene: Scene, names: readonly string[]) {
  const all = await Promise.all(names.map((name) => scene.inspect(name)));
  return all.map(({ Id, Image, State, HostConfig, NetworkSettings }) => ({
    ...{ Id, Image, running: State.Running, policy: HostConfig.RestartPolicy },
    networks: Object.keys(NetworkSettings.Networks ?? {}),
  }));
}
