import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { engineApi } from '../../core/demo/engine-api.ts';
import type { ContainerDetails, HostConfig, ImageDefaults, Json } from '../../core/engine/port.ts';
import { deployFurnished } from './furnished.ts';
import { given, unexplained } from './inspected.ts';
import { idle, openScene } from './scene.ts';

const second = 1e9;

const commands: Readonly<Record<string, Json>> = {
  'a command of one’s own': { Cmd: ['sleep 3600'] },
  'an entrypoint of one’s own, which has no command then': { Entrypoint: ['sleep', '3600'] },
  'both of one’s own': { Entrypoint: ['sleep'], Cmd: ['3600'] },
  'an entrypoint taken away': { Entrypoint: [''], Cmd: ['sleep', '3600'] },
};

const modes: Readonly<Record<string, HostConfig>> = {
  'the host’s network': { NetworkMode: 'host' },
  'no network at all': { NetworkMode: 'none' },
  'the host’s other namespaces': { PidMode: 'host', IpcMode: 'host', UTSMode: 'host' },
};

describe('an update', { concurrency: 3 }, () => {
  test('FM20, FM21, FM22, FM25, FM29, FM32, FM35, FM38, FM39: keeps every setting of a container', async (t) => {
    const scene = await openScene(t);
    const name = await deployFurnished(scene);
    const before = await scene.inspect(name);
    assert.ok(given(before).length >= 80, `only ${given(before).length} settings are given`);
    await scene.release('web', '2', { Env: ['VERSION=2', 'MODE=image'], Volumes: { '/declared': {} } });

    const run = await scene.belfry('update', name);
    assert.equal(run.item(name).state, 'recreated', run.stderr);

    const after = await scene.inspect(name);
    assert.deepEqual(unexplained(before, after), []);
    assert.deepEqual(networksOf(after), networksOf(before));
    assert.deepEqual(after.Config.Env, ['TZ=Europe/Berlin', 'MODE=mine', 'PATH=/bin', 'VERSION=2']);
  });

  test('FM28, FM40, FM41, FM42, FM43: lets everything that nobody set follow the new image', async (t) => {
    const scene = await openScene(t);
    const health = (seconds: number) => ({ Test: ['CMD', 'true'], Interval: second / 2, Timeout: seconds * second });
    const image = (version: string, at: number): ImageDefaults => ({
      ...{ Env: [`VERSION=${version}`], Labels: { flavour: version }, User: `${at}`, WorkingDir: `/srv/${version}` },
      ...{ Entrypoint: ['sh', '-c'], Cmd: [`${idle} # ${version}`], StopSignal: at === 1 ? 'SIGINT' : 'SIGTERM' },
      ...{ Healthcheck: health(at), ExposedPorts: { [`${at}/tcp`]: {} }, Volumes: { [`/data/${version}`]: {} } },
    });
    const name = await scene.deploy('web', { image: image('one', 1) });
    await scene.release('web', '2', image('two', 2));
    const fresh = await scene.run('fresh', { Image: scene.reference('web:latest') });
    const { Image: _, ...expected } = (await scene.inspect(fresh)).Config;
    await scene.api('DELETE', `/containers/${fresh}?force=1&v=1`);

    await scene.belfry('update', name);
    const { Id, Config } = await scene.inspect(name);
    const { Image: __, ...updated } = Config;
    const volumes = { '/data/one': {}, '/data/two': {} }; // Its own data stays attached.
    assert.deepEqual({ ...updated, Volumes: volumes }, { ...expected, Hostname: Id.slice(0, 12), Volumes: volumes });
  });

  for (const [what, create] of Object.entries(commands)) {
    test(`FM41: keeps ${what}`, async (t) => {
      const scene = await openScene(t);
      const image = (version: string) => ({ Entrypoint: ['sh', '-c'], Cmd: [`${idle} # ${version}`] });
      // The first process of a container heeds no signal that it has not asked for.
      const name = await scene.deploy('web', { create: { ...create, StopSignal: 'SIGKILL' }, image: image('1') });
      const { Config: before } = await scene.inspect(name);
      await scene.release('web', '2', image('2'));
      const run = await scene.belfry('update', name);
      assert.equal(run.item(name).state, 'recreated', run.stderr);
      const { Config: after } = await scene.inspect(name);
      assert.deepEqual([after.Entrypoint, after.Cmd], [before.Entrypoint, before.Cmd]);
    });
  }

  for (const [what, HostConfig] of Object.entries(modes)) {
    test(`FM26, FM27: keeps ${what}`, async (t) => {
      const scene = await openScene(t);
      const RestartPolicy = { Name: 'no', MaximumRetryCount: 0 };
      const name = await scene.deploy('web', { create: { HostConfig: { ...HostConfig, RestartPolicy } } });
      const before = await scene.inspect(name);
      await scene.release('web', '2');
      const run = await scene.belfry('update', name);
      assert.equal(run.item(name).state, 'recreated', run.stderr);
      const after = await scene.inspect(name);
      assert.deepEqual(after.HostConfig, before.HostConfig);
      assert.deepEqual(networksOf(after), networksOf(before));
    });
  }

  test('FM47: writes the links of a container anew', async (t) => {
    const scene = await openScene(t);
    const db = await scene.deploy('db');
    const web = await scene.deploy('web', { create: { HostConfig: { Links: [`${db}:store`] } } });
    const { HostConfig: before } = await scene.inspect(web);
    await scene.release('web', '2');
    const run = await scene.belfry('update');
    assert.equal(run.item(web).state, 'recreated', run.stderr);
    assert.deepEqual((await scene.inspect(web)).HostConfig.Links, before.Links);
  });

  test('FM29, FM74: carries the data of unnamed volumes along, three times in a row, and piles nothing up', async (t) => {
    const scene = await openScene(t, { window: '200ms' });
    const count = (path: string) => `echo start >> ${path}/starts; grep -c start ${path}/starts`;
    const image: ImageDefaults = { Cmd: ['sh', '-c', `${count('/declared')}; ${count('/asked')}; ${idle}`] };
    const VolumeOptions = { Labels: { 'belfry.scope': scene.scope } };
    const Mounts = [{ Type: 'volume', Target: '/asked', VolumeOptions }];
    const create = { Tty: true, Volumes: { '/declared': {} }, HostConfig: { Mounts } };
    const name = await scene.deploy('web', { create, image });
    const volumes = async () => ((await scene.inspect(name)).Mounts ?? []).map((mount) => mount.Name).toSorted();
    const before = await volumes();

    for (let version = 2; version <= 4; version += 1) {
      await scene.release('web', `${version}`, image);
      const run = await scene.belfry('update', '--cleanup', '--rollback-grace', '0s', name);
      assert.equal(run.item(name).state, 'recreated', run.stderr);
    }

    const said = await engineApi(scene.engineHost).ask('GET', `/containers/${name}/logs?stdout=1`);
    assert.equal(said.body.toString(), '4\r\n4\r\n');
    assert.deepEqual(await volumes(), before);
    assert.deepEqual(await scene.containers(), [name]);
    const labelled = encodeURIComponent(JSON.stringify({ label: [`belfry.scope=${scene.scope}`] }));
    const { Volumes } = await scene.api<{ Volumes: readonly unknown[] }>('GET', `/volumes?filters=${labelled}`);
    assert.equal(Volumes.length, 1);
    const ours = encodeURIComponent(JSON.stringify({ reference: [`${scene.registry}/${scene.prefix}/*`] }));
    assert.equal((await scene.api<readonly unknown[]>('GET', `/images/json?filters=${ours}`)).length, 1);
  });
});

/** Aliases without the one that the engine makes of the id, and what else was asked of each network. */
function networksOf({ Id, NetworkSettings }: ContainerDetails): object {
  const networks = Object.entries(NetworkSettings.Networks ?? {}).map(([name, { Aliases, IPAMConfig, IPAddress }]) => {
    const own = (Aliases ?? []).filter((alias) => alias !== Id.slice(0, 12)).toSorted();
    return [name, { Aliases: own, IPAMConfig, IPAddress: IPAMConfig === null ? 'any' : IPAddress }];
  });
  return Object.fromEntries(networks);
}
