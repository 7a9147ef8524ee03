import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { engineApi } from '../../core/demo/engine-api.ts';
import { app, assertOriginal, openScene } from '../e2e/scene.ts';

const always = { RestartPolicy: { Name: 'always', MaximumRetryCount: 0 } };

describe('on Podman', () => {
  test('FM20, FM29, FM36, FM37: an update keeps networks, data, devices and limits, and its journal is found again', async (t) => {
    const scene = await openScene(t);
    for (const short of ['front', 'back']) await scene.api('POST', '/networks/create', { Name: scene.name(short) });
    const HostConfig = {
      ...always,
      NetworkMode: scene.name('front'),
      Binds: [`${scene.name('data')}:/named`],
      Devices: [{ PathOnHost: '/dev/null', PathInContainer: '/dev/void', CgroupPermissions: 'rw' }],
      Ulimits: [
        { Name: 'nofile', Soft: 256, Hard: 512 },
        { Name: 'nproc', Soft: 256, Hard: 512 },
      ],
      ...{ Memory: 64 << 20, CapDrop: ['MKNOD'] },
    };
    const name = await scene.deploy('web', {
      create: { HostConfig, Env: ['MODE=mine'], Labels: { team: 'web' }, Volumes: { '/own': {} }, StopTimeout: 3 },
    });
    await scene.api('POST', `/networks/${scene.name('back')}/connect`, { Container: name });
    const before = await scene.inspect(name);
    await scene.release('web', '2');

    const run = await scene.belfry('update');
    assert.equal(run.item(name).state, 'recreated', run.stderr);
    const after = await scene.inspect(name);
    assert.notEqual(after.Id, before.Id);
    const kept = ({ Config, HostConfig: host, Mounts, NetworkSettings }: typeof before) => ({
      ...{ mode: Config.Env?.includes('MODE=mine'), team: Config.Labels?.team, policy: host.RestartPolicy },
      ...{ memory: host.Memory, limits: host.Ulimits, devices: host.Devices, dropped: host.CapDrop },
      mounts: Mounts?.map(({ Name, Destination }) => `${Name} ${Destination}`).sort(),
      networks: Object.keys(NetworkSettings.Networks ?? {}).sort(),
    });
    assert.deepEqual(kept(after), kept(before));
    assert.equal(after.Config.Labels?.['org.opencontainers.image.version'], '2');
    const history = await scene.belfry('history');
    assert.match(history.stdout, new RegExp(name), 'the state folder is the same one again');
    assert.equal((await scene.belfry('update')).report.counts.upToDate, 1);
  });

  test('FM5, FM6: an image that fails is rolled back to the original itself', async (t) => {
    const scene = await openScene(t);
    const name = await scene.deploy('web', { create: { HostConfig: always } });
    const before = await scene.inspect(name);
    await scene.release('web', '2', { Cmd: ['false'] });
    const run = await scene.belfry('update');
    assert.equal(run.item(name).outcome, 'rolled-back', run.stderr);
    await assertOriginal(scene, before);
  });

  test('FM49: who uses the network of an updated container is made anew on the new one', async (t) => {
    const scene = await openScene(t);
    const vpn = await scene.deploy('vpn');
    const { reference } = await scene.push('web:latest', app('1', { Labels: { 'org.example.test': 'web' } }));
    const web = await scene.run('web', { Image: reference, HostConfig: { NetworkMode: `container:${vpn}` } });
    const before = await Promise.all([vpn, web].map(scene.inspect));
    await scene.release('vpn', '2');

    const run = await scene.belfry('update');
    assert.deepEqual([run.item(vpn).state, run.item(web).state], ['recreated', 'restarted'], run.stderr);
    const [provider, dependant] = await Promise.all([vpn, web].map(scene.inspect));
    assert.equal(dependant?.HostConfig.NetworkMode, `container:${provider?.Id}`);
    assert.equal(dependant?.Image, before[1]?.Image);
    assert.deepEqual(await scene.containers(), [vpn, web]);

    const settled = await Promise.all([vpn, web].map(scene.inspect));
    await scene.release('vpn', '3', { Cmd: ['false'] });
    const failed = await scene.belfry('update');
    assert.deepEqual([failed.item(vpn).outcome, failed.item(web).outcome], ['rolled-back', 'rolled-back']);
    const after = await Promise.all([vpn, web].map(scene.inspect));
    assert.deepEqual(
      after.map(({ Id, State }) => [Id, State.Running]),
      settled.map(({ Id }) => [Id, true]),
    );
  });

  test('a restart policy cannot be changed, so another stop signal than its own is refused', async (t) => {
    const scene = await openScene(t);
    const Labels = { 'belfry.stop-signal': 'SIGINT' };
    const name = await scene.deploy('web', { create: { HostConfig: always, Labels } });
    const before = await scene.inspect(name);
    const body = { RestartPolicy: { Name: 'no' } };
    const { status } = await engineApi(scene.engineHost).ask('POST', `/v1.41/containers/${name}/update`, body);
    assert.equal(status, 404);
    await scene.release('web', '2');
    const run = await scene.belfry('update');
    const { outcome, problem } = run.item(name);
    assert.deepEqual([outcome, problem?.code], ['unchanged', 'ENGINE_REFUSED'], run.stderr);
    await assertOriginal(scene, before);
  });

  test('FM66: an image that was built here has a digest all the same, and is left alone', async (t) => {
    const scene = await openScene(t);
    const maker = await scene.deploy('maker');
    const { Labels } = (await scene.inspect(maker)).Config;
    await scene.api('POST', `/commit?container=${maker}&repo=${scene.registry}/${scene.prefix}/web&tag=latest`, {});
    const Image = scene.reference('web:latest');
    await scene.api('POST', `/containers/create?name=${scene.name('web')}`, { Image, Labels });
    await scene.api('POST', `/containers/${scene.name('web')}/start`);
    const { RepoDigests } = await scene.api<{ RepoDigests: readonly string[] }>('GET', `/images/${Image}/json`);
    assert.equal(RepoDigests.length, 1);
    await scene.release('web', '2');
    const run = await scene.belfry('update', scene.name('web'));
    assert.equal(run.item(scene.name('web')).problem?.code, 'IMAGE_LOCAL', run.stderr);
  });
});
