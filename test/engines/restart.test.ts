import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import type { PrivateEngine } from '../../core/demo/private-engine.ts';
import type { Stage } from '../../core/demo/stage.ts';
import type { Json } from '../../core/engine/port.ts';
import { app } from '../e2e/scene.ts';
import { startBelfry } from '../kit/belfry.ts';
import { openFurtherStage } from '../kit/private-engine.ts';
import { until } from '../kit/until.ts';

describe('after a restart of the engine', () => {
  let further: Awaited<ReturnType<typeof openFurtherStage>>;
  let engine: PrivateEngine;
  let stage: Stage;
  before(async () => {
    further = await openFurtherStage();
    ({ engine, stage } = further);
  });
  after(() => further.close());

  const idsOf = (shorts: readonly string[]) =>
    Promise.all(shorts.map(async (short) => (await stage.inspect(stage.name(short))).Id));

  test('FM10, FM49, FM84: every container that was updated comes up again, and nothing else', async () => {
    const { api, name } = stage;
    await api('POST', '/networks/create', { Name: name('front'), IPAM: { Config: [{ Subnet: '10.214.7.0/24' }] } });
    await api('POST', '/networks/create', { Name: name('back') });
    const restart = (Name: string) => ({ RestartPolicy: { Name } });
    const created: Readonly<Record<string, Json>> = {
      plain: { HostConfig: restart('always') },
      stored: {
        HostConfig: { ...restart('unless-stopped'), Binds: [`${name('data')}:/named`] },
        Volumes: { '/own': {} },
      },
      published: {
        ExposedPorts: { '80/tcp': {} },
        HostConfig: { ...restart('always'), PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '21970' }] } },
      },
      addressed: {
        HostConfig: { ...restart('always'), NetworkMode: name('front') },
        NetworkingConfig: { EndpointsConfig: { [name('front')]: { IPAMConfig: { IPv4Address: '10.214.7.9' } } } },
      },
      hosted: { HostConfig: { ...restart('always'), NetworkMode: 'host' } },
    };
    const shorts = Object.keys(created);
    const onPlain: Readonly<Record<string, Json>> = {
      lodger: { HostConfig: { ...restart('always'), NetworkMode: `container:${name('plain')}` } },
      linked: { HostConfig: { ...restart('always'), Links: [`${name('plain')}:store`] } },
      following: { HostConfig: restart('always'), Labels: { 'belfry.depends-on': name('plain') } },
    };
    for (const [short, create] of Object.entries({ ...created, ...onPlain })) {
      const { reference } = await stage.push(`${short}:latest`, app('1', { Labels: { short } }));
      await stage.run(short, { ...create, Image: reference });
    }
    const before = await idsOf(Object.keys(onPlain));
    await api('POST', `/networks/${name('back')}/connect`, { Container: name('addressed') });
    const all = [...shorts, ...Object.keys(onPlain)];
    for (const short of shorts) await stage.push(`${short}:latest`, app('2', { Labels: { short } }));

    const stateFolder = await mkdtemp('/tmp/belfry-restart-');
    try {
      const env = { BELFRY_SCOPE: stage.scope, BELFRY_STABILITY_WINDOW: '300ms' };
      const { code, stderr } = await startBelfry(['update'], { dockerHost: engine.host, stateFolder, env }).done;
      assert.equal(code, 0, stderr);
    } finally {
      await rm(stateFolder, { recursive: true });
    }
    const facts = async () => {
      const found = await Promise.all(all.map((short) => stage.inspect(name(short))));
      return found.map(({ Id, Config, NetworkSettings }) => ({
        ...{ Id, version: Config.Labels?.['org.opencontainers.image.version'] },
        networks: Object.keys(NetworkSettings.Networks ?? {}).sort(),
      }));
    };
    const updated = await facts();
    assert.deepEqual(
      updated.map(({ version }) => version),
      all.map((short) => (short in onPlain ? '1' : '2')),
    );
    const after = await idsOf(Object.keys(onPlain));
    assert.deepEqual(
      after.map((id, at) => id === before[at]),
      [false, false, true],
      'who only follows is restarted',
    );

    await engine.restart();
    for (const short of all) {
      // The engine may try who has a network of another's before that other one, and tries once.
      if (short === 'lodger') await api('POST', `/containers/${name(short)}/start`);
      await until(`${short} runs`, async () => (await stage.inspect(name(short))).State.Running, 20_000);
    }
    assert.deepEqual(await facts(), updated);
    assert.deepEqual(await stage.containers(), all.map(name).sort());
    const provider = (await stage.inspect(name('plain'))).Id;
    assert.equal((await stage.inspect(name('lodger'))).HostConfig.NetworkMode, `container:${provider}`);
    assert.equal(
      (await stage.inspect(name('addressed'))).NetworkSettings.Networks?.[name('front')]?.IPAddress,
      '10.214.7.9',
    );
  });
});
