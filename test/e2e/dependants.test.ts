import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Json } from '../../core/engine/port.ts';
import { app, idle, openScene, type Scene } from './scene.ts';

/** `SHORT` from an image of its own, which stays as it is; resolves with the container's name. */
async function beside(scene: Scene, short: string, create: Json, version = '1'): Promise<string> {
  const { reference } = await scene.push(`${short}:latest`, app(version, { Labels: { 'org.example.test': short } }));
  return scene.run(short, { ...create, Image: reference });
}

/** The engine writes `no` where a container was made without any. */
const withoutPolicy = ({ RestartPolicy: _, ...rest }: Json) => rest;

const namespace = (name: string): Json => ({ HostConfig: { NetworkMode: `container:${name}` } });

describe('what hangs on an updated container', { concurrency: 2 }, () => {
  test('FM49, FM50, FM84: uses the network of the new one, and comes up by itself afterwards', async (t) => {
    const scene = await openScene(t);
    const vpn = await scene.deploy('vpn');
    const web = await beside(scene, 'web', namespace(vpn));
    const tail = await beside(scene, 'tail', { HostConfig: { PidMode: `container:${web}` } });
    const before = await Promise.all([vpn, web, tail].map(scene.inspect));
    await scene.release('vpn', '2');

    const run = await scene.belfry('update');
    assert.equal(run.code, 0, run.stderr);
    assert.equal(run.item(vpn).state, 'recreated');
    assert.deepEqual([run.item(web).state, run.item(tail).state], ['restarted', 'restarted']);
    const after = await Promise.all([vpn, web, tail].map(scene.inspect));
    for (const [at, { Id, State }] of after.entries()) {
      assert.notEqual(Id, before[at]?.Id);
      assert.ok(State.Running);
    }
    assert.deepEqual(
      after.slice(1).map(({ Image }) => Image),
      before.slice(1).map(({ Image }) => Image),
    );
    assert.equal(after[1]?.HostConfig.NetworkMode, `container:${after[0]?.Id}`);
    assert.equal((await scene.containers()).length, 3);

    for (const name of [vpn, web, tail]) await scene.api('POST', `/containers/${name}/restart?t=1`);
    for (const name of [vpn, web, tail]) assert.ok((await scene.inspect(name)).State.Running, name);
    assert.equal((await scene.belfry('update')).report.counts.upToDate, 3);
  });

  test('FM47: keeps its links and borrowed volumes, update after update', async (t) => {
    const scene = await openScene(t);
    const db = await scene.deploy('db', { image: { Volumes: { '/data': {} } } });
    const web = await beside(scene, 'web', { HostConfig: { Links: [`${db}:store`] } });
    const backup = await beside(scene, 'backup', { HostConfig: { VolumesFrom: [`${db}:ro`] } });
    const before = await scene.inspect(backup);
    for (const version of ['2', '3']) {
      await scene.release('db', version, { Volumes: { '/data': {} } });
      const run = await scene.belfry('update');
      assert.equal(run.code, 0, run.stderr);
      assert.deepEqual((await scene.inspect(web)).HostConfig.Links, [`/${db}:/${web}/store`]);
      const { HostConfig, Mounts } = await scene.inspect(backup);
      assert.deepEqual(withoutPolicy(HostConfig), withoutPolicy(before.HostConfig));
      assert.deepEqual(Mounts, before.Mounts);
    }
    for (const name of [db, web, backup]) await scene.api('POST', `/containers/${name}/restart?t=1`);
    assert.equal((await scene.containers()).length, 3);
  });

  test('FM47, FM49: uses the network of one that is linked to another, forth and back', async (t) => {
    const scene = await openScene(t);
    const db = await scene.deploy('db');
    const web = await scene.deploy('web', { create: { HostConfig: { Links: [`${db}:db`] } } });
    const side = await beside(scene, 'side', namespace(web));
    const tail = await beside(scene, 'tail', { HostConfig: { PidMode: `container:${side}` } });
    const names = [db, web, side, tail];
    for (const short of ['db', 'web']) await scene.release(short, '2');
    const run = await scene.belfry('update');
    assert.equal(run.code, 0, run.stderr);
    assert.deepEqual(
      names.map((name) => run.item(name).state),
      ['recreated', 'recreated', 'restarted', 'restarted'],
    );
    const after = await Promise.all(names.map(scene.inspect));
    for (const { Name, State } of after) assert.ok(State.Running, Name);
    assert.equal(after[2]?.HostConfig.NetworkMode, `container:${after[1]?.Id}`);
    assert.deepEqual(after[1]?.HostConfig.Links, [`/${db}:/${web}/db`]);

    await scene.release('db', '3');
    await scene.release('web', '3', { Cmd: ['sh', '-c', 'echo no database; exit 3'] });
    assert.equal((await scene.belfry('update')).item(web).problem?.code, 'UNHEALTHY');
    const back = await Promise.all(names.map(scene.inspect));
    assert.deepEqual(
      back.map(({ Id, State }) => [Id, State.Running]),
      after.map(({ Id }) => [Id, true]),
    );
    assert.equal((await scene.containers()).length, 4);
  });

  test('FM5, FM49: comes back with its original where the new one fails, the very same containers', async (t) => {
    const scene = await openScene(t);
    const vpn = await scene.deploy('vpn');
    const web = await beside(scene, 'web', namespace(vpn));
    const before = await Promise.all([vpn, web].map(scene.inspect));
    await scene.release('vpn', '2', { Cmd: ['sh', '-c', 'echo no route; exit 3'] });

    const run = await scene.belfry('update');
    assert.equal(run.code, 1);
    assert.deepEqual([run.item(vpn).problem?.code, run.item(vpn).outcome], ['UNHEALTHY', 'rolled-back']);
    assert.deepEqual([run.item(web).problem?.code, run.item(web).outcome], ['GROUP_ROLLED_BACK', 'rolled-back']);
    const after = await Promise.all([vpn, web].map(scene.inspect));
    assert.deepEqual(
      after.map(({ Id, State }) => [Id, State.Running]),
      before.map(({ Id }) => [Id, true]),
    );
    assert.equal((await scene.containers()).length, 2);
  });

  test('holds its provider back where a label says that it may not be touched', async (t) => {
    const scene = await openScene(t);
    const vpn = await scene.deploy('vpn');
    await beside(scene, 'web', { ...namespace(vpn), Labels: { 'belfry.monitor-only': 'true' } });
    const before = await scene.inspect(vpn);
    await scene.release('vpn', '2');
    const run = await scene.belfry('update');
    assert.equal(run.item(vpn).problem?.code, 'HAS_DEPENDANTS');
    assert.deepEqual(await scene.inspect(vpn), before);
  });
});

describe('what depends on an updated container', { concurrency: 2 }, () => {
  test('FM54, FM57: is restarted once the new one is healthy, where it asks for that, and else left alone', async (t) => {
    const scene = await openScene(t);
    const labels = (service: string, dependsOn: string) => ({
      Labels: {
        'com.docker.compose.project': scene.prefix,
        'com.docker.compose.service': service,
        'com.docker.compose.depends_on': dependsOn,
      },
    });
    const Healthcheck = { Test: ['CMD', 'test', '-f', '/ready'], Interval: 3e8, StartPeriod: 5e9, Retries: 2 };
    const Cmd = ['sh', '-c', `sleep 1; touch /ready; ${idle}`];
    const db = await scene.deploy('db', { create: labels('db', ''), image: { Cmd, Healthcheck } });
    const web = await beside(scene, 'web', labels('web', 'db:service_healthy:true'));
    const docs = await beside(scene, 'docs', labels('docs', 'db:service_healthy:false'));
    const before = await Promise.all([web, docs].map(scene.inspect));
    await scene.release('db', '2', { Cmd, Healthcheck });

    const run = await scene.belfry('update');
    assert.equal(run.code, 0, run.stderr);
    assert.equal(run.item(web).state, 'restarted');
    const [webNow, docsNow, dbNow] = await Promise.all([web, docs, db].map(scene.inspect));
    assert.equal(webNow?.Id, before[0]?.Id);
    assert.deepEqual(docsNow, before[1]);
    const ready = dbNow?.State.Health?.Log?.[0] as { readonly End?: string } | undefined;
    assert.ok(String(webNow?.State.StartedAt) > String(dbNow?.State.StartedAt), 'after its provider');
    assert.equal(dbNow?.State.Health?.Status, 'healthy');
    assert.ok(ready !== undefined);
  });
});

test('FM55: two containers of one image in one project go back together', async (t) => {
  const scene = await openScene(t);
  const inProject = (service: string, extra: Json = {}) => ({
    ...extra,
    Labels: { 'com.docker.compose.project': scene.prefix, 'com.docker.compose.service': service },
  });
  const first = await scene.deploy('app', { create: inProject('app') });
  const { reference } = await scene.release('app', '1');
  const second = await scene.run('cron', { ...inProject('cron'), Env: ['ROLE=cron'], Image: reference });
  const before = await Promise.all([first, second].map(scene.inspect));
  await scene.release('app', '2', { Cmd: ['sh', '-c', `[ "$ROLE" = cron ] && exit 4; ${idle}`] });

  const run = await scene.belfry('update');
  assert.equal(run.item(first).problem?.code, 'GROUP_ROLLED_BACK');
  assert.equal(run.item(second).problem?.code, 'UNHEALTHY');
  const after = await Promise.all([first, second].map(scene.inspect));
  assert.deepEqual(
    after.map(({ Id, State }) => [Id, State.Running]),
    before.map(({ Id }) => [Id, true]),
  );
  const again = await scene.belfry('update');
  assert.deepEqual(
    [again.item(first).problem?.code, again.item(second).problem?.code],
    ['DIGEST_REJECTED', 'DIGEST_REJECTED'],
  );
});
