import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Stage, withCode } from '../stage.ts';

const defaults = {
  Env: ['PATH=/bin', 'KEPT=image', 'CHANGED=image'],
  Cmd: ['-c', 'true'],
  Entrypoint: ['sh'],
  Labels: { kept: 'image', changed: 'image' },
  ExposedPorts: { '80/tcp': {} },
  Volumes: { '/data': {} },
  StopSignal: 'SIGINT',
  Healthcheck: { Test: ['CMD', 'true'], Interval: 5_000_000_000 },
};

export function creationCases(stage: () => Stage): void {
  const createFrom = async (short: string, config: object) => {
    const { world } = stage();
    const repository = world.repository('defaults');
    const digest = await world.push('defaults:1', { config: defaults, behaviour: {} });
    await world.engine.pull(`${repository}@${digest}`, {});
    const Labels = { ...world.labels, ...(config as { Labels?: object }).Labels };
    const spec = { config: { ...config, Image: `${repository}@${digest}`, Labels }, hostConfig: {}, networks: [] };
    return world.engine.inspect(await world.engine.create(world.name(short), spec));
  };

  test('fills what a create leaves open with the defaults of the image', async () => {
    const { Config, HostConfig, Id, Mounts } = await createFrom('bare', {});
    assert.deepEqual(Config.Env, defaults.Env);
    assert.deepEqual(Config.Cmd, defaults.Cmd);
    assert.deepEqual(Config.Entrypoint, defaults.Entrypoint);
    assert.deepEqual(Config.ExposedPorts, defaults.ExposedPorts);
    assert.deepEqual(Config.Volumes, defaults.Volumes);
    assert.equal(Config.StopSignal, 'SIGINT');
    assert.deepEqual(Config.Healthcheck, defaults.Healthcheck);
    assert.equal(Config.Hostname, Id.slice(0, 12));
    assert.equal(Mounts?.length, 1);
    assert.equal(Mounts[0]?.Destination, '/data');
    assert.match(Mounts[0]?.Name ?? '', /^[0-9a-f]{64}$/);
    assert.equal(HostConfig.AutoRemove, false);
    assert.equal(HostConfig.Links, null);
  });

  test('lets the settings of a create win, key by key', async () => {
    const { Config } = await createFrom('stated', {
      Env: ['CHANGED=own', 'ADDED=own'],
      Labels: { changed: 'own', added: 'own' },
      ExposedPorts: { '81/tcp': {} },
      Hostname: 'own-name',
      StopSignal: 'SIGTERM',
      StopTimeout: 7,
      Healthcheck: { Test: ['NONE'] },
    });
    assert.deepEqual(new Set(Config.Env), new Set(['PATH=/bin', 'KEPT=image', 'CHANGED=own', 'ADDED=own']));
    assert.deepEqual(Config.Labels, { ...stage().world.labels, kept: 'image', changed: 'own', added: 'own' });
    assert.deepEqual(Config.ExposedPorts, { '80/tcp': {}, '81/tcp': {} });
    assert.equal(Config.Hostname, 'own-name');
    assert.equal(Config.StopSignal, 'SIGTERM');
    assert.equal(Config.StopTimeout, 7);
    assert.deepEqual(Config.Healthcheck?.Test, ['NONE']);
  });

  test('FM41: leaves the command of the image behind with its entrypoint, unless the entrypoint is only emptied', async () => {
    const own = await createFrom('entrypoint', { Entrypoint: ['echo'] });
    assert.deepEqual([own.Config.Entrypoint, own.Config.Cmd], [['echo'], null]);
    const empty = await createFrom('empty', { Entrypoint: [] });
    assert.deepEqual([empty.Config.Entrypoint, empty.Config.Cmd], [[], defaults.Cmd]);
    const command = await createFrom('command', { Cmd: ['own'] });
    assert.deepEqual([command.Config.Entrypoint, command.Config.Cmd], [defaults.Entrypoint, ['own']]);
  });

  test('FM20: connects every network before the start, with its aliases', async () => {
    const { world, create } = stage();
    const names = [world.name('front'), world.name('back')];
    for (const name of names) await world.network(name);
    const networks = names.map((name, index) => ({ name, endpoint: { Aliases: [`alias-${index}`] } }));
    const id = await create('connected', 'serves', { hostConfig: { NetworkMode: names[0] ?? '' }, networks });
    const endpoints = async () => (await world.engine.inspect(id)).NetworkSettings.Networks ?? {};
    const created = await endpoints();
    assert.deepEqual(Object.keys(created).sort(), [...names].sort());
    await world.engine.start(id);
    const started = await endpoints();
    for (const [index, name] of names.entries()) {
      assert.ok(created[name]?.Aliases?.includes(`alias-${index}`));
      assert.ok(started[name]?.Aliases?.includes(`alias-${index}`));
      assert.match(started[name]?.IPAddress ?? '', /^10\./);
      assert.match(started[name]?.MacAddress ?? '', /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/);
    }
  });

  test('FM85: finds a network missing at the create already, and makes nothing', async () => {
    const { world, create } = stage();
    const networks = [
      { name: 'bridge', endpoint: {} },
      { name: world.name('nowhere'), endpoint: {} },
    ];
    await assert.rejects(create('astray', 'serves', { networks }), withCode('ENGINE_NOT_FOUND'));
    await assert.rejects(world.engine.inspect(world.name('astray')), withCode('ENGINE_NOT_FOUND'));
  });

  test('does not know an image that is not there', async () => {
    const { world } = stage();
    const config = { Image: world.repository('absent:1'), Labels: world.labels };
    const create = world.engine.create(world.name('absent'), { config, hostConfig: {}, networks: [] });
    await assert.rejects(create, withCode('ENGINE_NOT_FOUND'));
  });

  test('leaves nothing behind when a further network refuses the container', async () => {
    const { world, create } = stage();
    const networks = [
      { name: 'bridge', endpoint: {} },
      { name: 'host', endpoint: {} },
    ];
    await assert.rejects(create('refused', 'serves', { networks }), withCode('ENGINE_REFUSED', 'ENGINE_FORBIDDEN'));
    await assert.rejects(world.engine.inspect(world.name('refused')), withCode('ENGINE_NOT_FOUND'));
  });

  test('FM27: refuses a host name and exposed ports in the network of another container', async () => {
    const { create } = stage();
    const provider = await create('provider', 'serves');
    const hostConfig = { NetworkMode: `container:${provider}` };
    await assert.rejects(
      create('a', 'serves', { hostConfig, config: { Hostname: 'own' } }),
      withCode('ENGINE_REFUSED'),
    );
    const config = { ExposedPorts: { '80/tcp': {} } };
    await assert.rejects(create('b', 'serves', { hostConfig, config }), withCode('ENGINE_REFUSED'));
  });

  test('keeps the network of another container by id', async () => {
    const { world, create } = stage();
    const provider = await create('by-name', 'serves');
    const id = await create('dependant', 'serves', {
      hostConfig: { NetworkMode: `container:${world.name('by-name')}` },
    });
    const { HostConfig, NetworkSettings } = await world.engine.inspect(id);
    assert.equal(HostConfig.NetworkMode, `container:${provider}`);
    assert.deepEqual(NetworkSettings.Networks, {});
  });

  test('refuses a restart policy beside AutoRemove, and one it does not know', async () => {
    const { create } = stage();
    const both = { AutoRemove: true, RestartPolicy: { Name: 'always', MaximumRetryCount: 0 } };
    await assert.rejects(create('both', 'serves', { hostConfig: both }), withCode('ENGINE_REFUSED'));
    const unknown = { RestartPolicy: { Name: 'sometimes', MaximumRetryCount: 0 } };
    await assert.rejects(create('unknown', 'serves', { hostConfig: unknown }), withCode('ENGINE_REFUSED'));
  });
}
