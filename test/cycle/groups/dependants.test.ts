import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AppError } from '../../../core/errors/app-error.ts';
import { createFleet, hold, idOf, reference, refuse, release } from '../fleet.ts';
import { type Lab, runs } from '../lab.ts';

/** The calls that start and stop containers, as `method` and the start of the id, in order. */
function changes({ engine }: Lab, since = 0): readonly string[] {
  return engine.calls.slice(since).flatMap(({ method, args: [first] }) => {
    return ['start', 'stop', 'restart'].includes(method) ? [`${method} ${String(first).slice(0, 12)}`] : [];
  });
}

const vpn = { NetworkMode: 'container:vpn' };
/** Links of links, and who shares the networks of what is linked. */
const chain = {
  db: {},
  app: { host: { Links: ['db:db'] } },
  side: { host: { NetworkMode: 'container:app' } },
  tail: { host: { NetworkMode: 'container:side' } },
  web: { host: { Links: ['app:app'] } },
  beside: { host: { NetworkMode: 'container:web' } },
};
const modeOf = async (lab: Lab, name: string) => (await lab.engine.inspect(name)).HostConfig.NetworkMode;

describe('when a provider is updated', () => {
  test('FM49: who uses its network is made anew on the new one, with the image it had', async () => {
    const lab = createFleet({ vpn: {}, app: { host: vpn } });
    const before = await lab.engine.inspect('app');
    release(lab, 'vpn');
    await lab.run();
    const after = await lab.engine.inspect('app');
    assert.deepEqual(lab.endings(), ['vpn recreated', 'app restarted']);
    assert.notEqual(after.Id, before.Id);
    assert.equal(after.Image, before.Image);
    assert.equal(after.State.Running, true);
    assert.equal(after.HostConfig.NetworkMode, `container:${await idOf(lab, 'vpn')}`);
    assert.deepEqual(lab.engine.names(), ['app', 'vpn']);
    assert.equal(lab.one('restarted').how, 'recreate');
  });

  test('FM53: so is who uses theirs, and so on', async () => {
    const lab = createFleet({
      vpn: {},
      app: { host: { ...vpn, IpcMode: 'shareable' } },
      side: { host: { PidMode: 'container:app' } },
    });
    release(lab, 'vpn');
    await lab.run();
    assert.deepEqual(lab.endings(), ['vpn recreated', 'app restarted', 'side restarted']);
    const { HostConfig, State } = await lab.engine.inspect('side');
    assert.equal(State.Running, true);
    assert.equal(HostConfig.PidMode, 'container:app');
  });

  test('FM50: dependants stop first and start last, however old they are', async () => {
    const lab = createFleet({ vpn: {}, app: { host: vpn } });
    const short = async (name: string) => (await idOf(lab, name)).slice(0, 12);
    const stops = [`stop ${await short('app')}`, `stop ${await short('vpn')}`];
    release(lab, 'vpn');
    const since = lab.engine.calls.length;
    await lab.run();
    const starts = [`start ${await short('vpn')}`, `start ${await short('app')}`];
    assert.deepEqual(changes(lab, since), [...stops, ...starts]);
  });

  test('FM18, FM49: a dependant that does not run is made anew too, and not started', async () => {
    const lab = createFleet({ vpn: {}, app: { host: vpn, stopped: true } });
    release(lab, 'vpn');
    await lab.run();
    assert.deepEqual(lab.endings(), ['vpn recreated', 'app restarted']);
    assert.equal((await lab.engine.inspect('app')).State.Status, 'created');
    await lab.engine.start('app');
  });

  test('FM47: links and volumes_from lead to the new one, and no mount piles up', async () => {
    const lab = createFleet({
      db: { host: { Binds: ['data:/data'] } },
      web: { host: { Links: ['db:store'] } },
      backup: { host: { VolumesFrom: ['db'] } },
    });
    const before = await lab.engine.inspect('backup');
    for (let round = 1; round <= 3; round += 1) {
      lab.registry.put(reference('db'), { ...runs, bytes: round });
      await lab.run();
    }
    const links = (await lab.engine.inspect('web')).HostConfig.Links;
    assert.deepEqual(links, ['/db:/web/store']);
    const backup = await lab.engine.inspect('backup');
    assert.deepEqual(backup.HostConfig.VolumesFrom, ['db']);
    assert.deepEqual(backup.HostConfig.Binds, before.HostConfig.Binds);
    assert.deepEqual(backup.Mounts, before.Mounts);
    assert.deepEqual(lab.engine.names(), ['backup', 'db', 'web']);
  });

  test('FM47, FM49: who shares the network of a linked one follows it, and so on', async () => {
    const lab = createFleet(chain);
    release(lab, 'db');
    release(lab, 'app');
    await lab.run();
    assert.deepEqual(lab.endings(), [
      'db recreated',
      'app recreated',
      'side restarted',
      'tail restarted',
      'web restarted',
      'beside restarted',
    ]);
    assert.equal(await modeOf(lab, 'side'), `container:${await idOf(lab, 'app')}`);
    assert.equal(await modeOf(lab, 'tail'), `container:${await idOf(lab, 'side')}`);
    assert.equal(await modeOf(lab, 'beside'), `container:${await idOf(lab, 'web')}`);
    assert.deepEqual(lab.engine.names(), Object.keys(chain).toSorted());
    for (const name of Object.keys(chain)) assert.ok((await lab.engine.inspect(name)).State.Running, name);
  });

  test('a dependant that is behind as well gets its own new image in the same step', async () => {
    const lab = createFleet({ vpn: {}, app: { host: vpn } });
    release(lab, 'vpn');
    release(lab, 'app');
    await lab.run();
    assert.deepEqual(lab.endings(), ['vpn recreated', 'app recreated']);
    assert.equal(await modeOf(lab, 'app'), `container:${await idOf(lab, 'vpn')}`);
  });

  test('FM51: a follower’s image is nobody’s to clean up', async () => {
    const offered: string[][] = [];
    const selectCleanup = (images: readonly { readonly references: readonly string[] }[]) => {
      offered.push(images.flatMap(({ references }) => references));
      return undefined;
    };
    const lab = createFleet(
      { vpn: {}, app: { host: vpn } },
      { plugins: [{ selectCleanup }], settings: { rollbackGrace: 0 } },
    );
    release(lab, 'vpn');
    await lab.run();
    assert.equal(offered.length, 1);
    assert.ok(
      offered.flat().every((name) => name.includes('/vpn@')),
      offered.join(),
    );
  });

  test('a follower whose tag has moved on keeps its image, and the tag stays where it was moved', async () => {
    const lab = createFleet({ vpn: {}, app: { host: vpn, labels: {} } }, { plugins: [{ beforeUpdate: hold('app') }] });
    const { Image } = await lab.engine.inspect('app');
    release(lab, 'app');
    lab.engine.load(reference('app'));
    const moved = await lab.engine.inspectImage(reference('app'));
    release(lab, 'vpn');
    await lab.run();
    const app = await lab.engine.inspect('app');
    assert.equal(app.Image, Image);
    assert.equal(app.Config.Image, reference('app'));
    assert.equal((await lab.engine.inspectImage(reference('app'))).Id, moved.Id);
    assert.notEqual(moved.Id, Image);
    assert.equal(lab.endings().at(-1), 'app restarted');
  });
});

describe('when an update of a group fails', () => {
  test('FM49: because the provider’s new image is bad, both originals come back', async () => {
    const lab = createFleet({ vpn: {}, app: { host: vpn } }, { plugins: [{ checkHealth: refuse('vpn') }] });
    const ids = [await idOf(lab, 'vpn'), await idOf(lab, 'app')];
    release(lab, 'vpn');
    await lab.run();
    assert.deepEqual(lab.endings(), ['vpn failed UNHEALTHY', 'app failed GROUP_ROLLED_BACK']);
    assert.deepEqual([await idOf(lab, 'vpn'), await idOf(lab, 'app')], ids);
    for (const id of ids) assert.equal((await lab.engine.inspect(id)).State.Running, true);
  });

  test('FM9: because a follower does not come up, the provider’s image counts as bad and is not tried again', async () => {
    const unhealthyOn = { checkHealth: refuse('app') };
    const lab = createFleet({ vpn: {}, app: { host: vpn } }, { plugins: [unhealthyOn] });
    const ids = [await idOf(lab, 'vpn'), await idOf(lab, 'app')];
    release(lab, 'vpn');
    await lab.run();
    assert.deepEqual(lab.endings(), ['vpn failed DEPENDANT_FAILED', 'app failed UNHEALTHY']);
    for (const { outcome } of lab.all('failed')) assert.equal(outcome, 'rolled-back');
    assert.deepEqual([await idOf(lab, 'vpn'), await idOf(lab, 'app')], ids);
    assert.deepEqual(lab.engine.names(), ['app', 'vpn']);
    await lab.run();
    assert.deepEqual(lab.endings().slice(2), ['app checked', 'vpn skipped DIGEST_REJECTED']);
  });

  test('FM47, FM49: because the last of a chain of links and networks is bad, all originals come back', async () => {
    const lab = createFleet(chain, { plugins: [{ checkHealth: refuse('beside') }] });
    const names = Object.keys(chain).toSorted();
    const ids = await Promise.all(names.map((name) => idOf(lab, name)));
    release(lab, 'db');
    release(lab, 'app');
    await lab.run();
    assert.equal(lab.endings().at(-1), 'beside failed UNHEALTHY');
    assert.deepEqual(lab.engine.names(), names);
    assert.deepEqual(await Promise.all(names.map((name) => idOf(lab, name))), ids);
    for (const { outcome } of lab.all('failed')) assert.equal(outcome, 'rolled-back');
    for (const id of ids) assert.equal((await lab.engine.inspect(id)).State.Running, true);
  });

  test('because a successor cannot be made, nothing is stopped and each ends as it would have', async () => {
    const lab = createFleet({ vpn: {}, app: { host: vpn } });
    const before = await Promise.all(['vpn', 'app'].map((name) => lab.engine.inspect(name)));
    release(lab, 'vpn');
    lab.engine.setFault(({ method, args }, phase) => {
      if (method === 'create' && phase === 'before' && args[0] === 'app.belfry-new') throw new Error('no such device');
    });
    await lab.run();
    assert.deepEqual(lab.endings(), ['vpn skipped HELD_BACK', 'app failed UNEXPECTED']);
    assert.deepEqual(await Promise.all(['vpn', 'app'].map((name) => lab.engine.inspect(name))), before);
    assert.deepEqual(lab.engine.names(), ['app', 'vpn']);
  });
});

describe('containers of the same image in one project', () => {
  const inProject = { 'com.docker.compose.project': 'shop' };
  const fleet = {
    app: { image: 'shop', labels: { ...inProject, 'com.docker.compose.service': 'app' } },
    cron: { image: 'shop', labels: { ...inProject, 'com.docker.compose.service': 'cron' } },
    other: { image: 'shop', labels: { 'com.docker.compose.project': 'elsewhere' } },
  };

  test('FM55: are updated as one, and one by one', async () => {
    const lab = createFleet(fleet);
    const [app, cron] = [await idOf(lab, 'app'), await idOf(lab, 'cron')];
    release(lab, 'shop');
    const since = lab.engine.calls.length;
    await lab.run();
    assert.deepEqual(lab.endings(), ['app recreated', 'cron recreated', 'other recreated']);
    const order = changes(lab, since).filter((one) => !one.startsWith('start'));
    assert.deepEqual(order.slice(0, 2), [`stop ${app.slice(0, 12)}`, `stop ${cron.slice(0, 12)}`]);
    const removed = lab.engine.calls.findIndex(({ method, args }) => method === 'remove' && args[0] === app);
    const stopped = lab.engine.calls.findIndex(({ method, args }) => method === 'stop' && args[0] === cron);
    assert.ok(stopped < removed, 'nothing is removed before all are proven');
  });

  test('FM55: are rolled back as one, while those of other projects go their own way', async () => {
    const lab = createFleet(fleet, { plugins: [{ checkHealth: refuse('cron') }] });
    const ids = [await idOf(lab, 'app'), await idOf(lab, 'cron')];
    release(lab, 'shop');
    await lab.run();
    assert.deepEqual(lab.endings(), ['app failed GROUP_ROLLED_BACK', 'cron failed UNHEALTHY', 'other recreated']);
    assert.deepEqual([await idOf(lab, 'app'), await idOf(lab, 'cron')], ids);
    await lab.run();
    const again = lab.endings().slice(3);
    assert.deepEqual(again.toSorted(), [
      'app skipped DIGEST_REJECTED',
      'cron skipped DIGEST_REJECTED',
      'other checked',
    ]);
  });

  test('FM55: wait for each other where a gate holds one of them back', async () => {
    const lab = createFleet(fleet, { plugins: [{ beforeUpdate: hold('cron') }] });
    release(lab, 'shop');
    await lab.run();
    assert.deepEqual(lab.endings().toSorted(), [
      'app skipped GATE_REFUSED',
      'cron skipped GATE_REFUSED',
      'other recreated',
    ]);
    assert.match(lab.all('skipped')[1]?.reason ?? '', /^cron, which runs the same image in the same project, stays: /);
  });
});

describe('what merely depends on an updated container', () => {
  const compose = (service: string, dependsOn = '') => ({
    'com.docker.compose.project': 'shop',
    'com.docker.compose.service': service,
    'com.docker.compose.depends_on': dependsOn,
  });

  test('FM54: is restarted where it says so, and left alone where it does not', async () => {
    const lab = createFleet({
      db: { labels: compose('db') },
      web: { labels: compose('web', 'db:service_healthy:true') },
      docs: { labels: compose('docs', 'db:service_started:false') },
      report: { labels: { 'com.centurylinklabs.watchtower.depends-on': 'db' } },
      near: { labels: { 'belfry.depends-on': '/db-backup, d' } },
    });
    const ids = await Promise.all(['web', 'report'].map((name) => idOf(lab, name)));
    release(lab, 'db');
    const since = lab.engine.calls.length;
    await lab.run();
    assert.deepEqual(lab.endings().toSorted(), [
      'db recreated',
      'docs checked',
      'near checked',
      'report restarted',
      'web restarted',
    ]);
    const restarted = changes(lab, since).filter((one) => one.startsWith('restart'));
    assert.deepEqual(restarted.toSorted(), ids.map((id) => `restart ${id.slice(0, 12)}`).toSorted());
    for (const { how } of lab.all('restarted')) assert.equal(how, 'restart');
  });

  test('FM57: is restarted only once its provider is healthy, and is itself verified', async () => {
    const asked: string[] = [];
    const checkHealth = ({ workload }: { readonly workload: { readonly name: string } }) =>
      void asked.push(workload.name);
    const lab = createFleet(
      { db: { labels: compose('db') }, web: { labels: compose('web', 'db:service_healthy:true') } },
      { plugins: [{ checkHealth }] },
    );
    release(lab, 'db');
    lab.engine.setFault(({ method }, phase) => {
      if (method === 'restart' && phase === 'before') asked.push('restart');
    });
    await lab.run();
    assert.deepEqual(asked, ['db', 'restart', 'web']);
  });

  test('FM53: so is what depends on that, once, and who shares a namespace of it', async () => {
    const lab = createFleet({
      db: { labels: compose('db') },
      web: { labels: compose('web', 'db:service_started:true') },
      proxy: { labels: compose('proxy', 'web:service_started:true,db:service_started:true') },
      tail: { host: { NetworkMode: 'container:web' } },
    });
    release(lab, 'db');
    await lab.run();
    const restarted = lab.endings().filter((one) => one.includes('restarted'));
    assert.deepEqual(restarted.toSorted(), ['proxy restarted', 'tail restarted', 'web restarted']);
    assert.equal(lab.engine.calls.filter(({ method }) => method === 'restart').length, 3);
    assert.equal(restarted[0], 'web restarted');
  });

  test('is not started where it does not run, nor touched where it is only monitored', async () => {
    const lab = createFleet({
      db: {},
      off: { labels: { 'belfry.depends-on': 'db' }, stopped: true },
      watched: { labels: { 'belfry.depends-on': 'db', 'belfry.monitor-only': 'true' } },
    });
    release(lab, 'db');
    await lab.run();
    assert.deepEqual(lab.endings().toSorted(), ['db recreated', 'watched checked']);
  });

  test('is replaced after what it depends on where both are behind', async () => {
    const lab = createFleet({
      alpha: { labels: { 'belfry.depends-on': 'omega' } },
      omega: {},
    });
    release(lab, 'alpha');
    release(lab, 'omega');
    await lab.run();
    assert.deepEqual(lab.endings(), ['omega recreated', 'alpha recreated']);
  });
});

describe('what runs once, and is labelled to run again', () => {
  const labels = (service: string, dependsOn = '') => ({
    'com.docker.compose.project': 'shop',
    'com.docker.compose.service': service,
    'com.docker.compose.depends_on': dependsOn,
  });
  const shop = (exitCode: number) => {
    const lab = createFleet({
      app: { image: 'shop', labels: labels('app', 'migrate:service_completed_successfully:false') },
      migrate: { image: 'shop', labels: { ...labels('migrate'), 'belfry.rerun': 'true' } },
      seed: { image: 'shop', labels: labels('seed') },
    });
    for (const name of ['migrate', 'seed']) lab.engine.crash(name, 0);
    const digest = lab.registry.put(reference('shop'), { ...runs, bytes: 1, config: { Cmd: ['serve'] } });
    const behaviour = { exitsAfter: 2_000, exitCode };
    return { lab, digest, behaviour };
  };

  test('FM56: runs to its end with the new image before what depends on it is replaced', async () => {
    const { lab, digest, behaviour } = shop(0);
    const seed = await idOf(lab, 'seed');
    // Both run the same image here, so that the app ends as well; what counts is the order.
    lab.engine.behave(`registry.example/shop@${digest}`, behaviour);
    const since = lab.engine.calls.length;
    await lab.run();
    assert.deepEqual(lab.endings(), ['migrate recreated', 'app recreated']);
    const { State } = await lab.engine.inspect('migrate');
    assert.deepEqual([State.Status, State.ExitCode], ['exited', 0]);
    const [first, second] = changes(lab, since).filter((one) => !one.startsWith('stop'));
    assert.equal(first, `start ${(await idOf(lab, 'migrate')).slice(0, 12)}`);
    assert.equal(second, `start ${(await idOf(lab, 'app')).slice(0, 12)}`);
    assert.equal(await idOf(lab, 'seed'), seed, 'nobody asked for it');
  });

  test('FM56: keeps the old version in charge of everything where it fails', async () => {
    const { lab, digest, behaviour } = shop(3);
    const ids = await Promise.all(['app', 'migrate'].map((name) => idOf(lab, name)));
    lab.engine.behave(`registry.example/shop@${digest}`, behaviour);
    await lab.run();
    assert.deepEqual(lab.endings(), ['migrate failed UNHEALTHY', 'app skipped HELD_BACK']);
    assert.match(lab.one('failed').problem.message, /it ended with code 3/);
    assert.deepEqual(await Promise.all(['app', 'migrate'].map((name) => idOf(lab, name))), ids);
    assert.equal((await lab.engine.inspect('app')).State.Running, true);
    assert.equal((await lab.engine.inspect('migrate')).State.Status, 'exited');
    assert.deepEqual(lab.engine.names(), ['app', 'migrate', 'seed']);
  });
});

test('FM52: a circle of dependencies holds back its members only', async () => {
  const lab = createFleet({
    aa: { labels: { 'belfry.depends-on': 'bb' } },
    bb: { labels: { 'belfry.depends-on': 'aa' } },
    cc: { labels: { 'belfry.depends-on': 'aa' } },
    dd: {},
  });
  for (const image of ['aa', 'bb', 'cc', 'dd']) release(lab, image);
  await lab.run();
  assert.deepEqual(lab.endings().toSorted(), [
    'aa skipped DEPENDENCY_CYCLE',
    'bb skipped DEPENDENCY_CYCLE',
    'cc recreated',
    'dd recreated',
  ]);
});

test('FM83: those whose network others share come last', async () => {
  const lab = createFleet({ aaa: {}, inside: { host: { NetworkMode: 'container:aaa' } }, bbb: {}, ccc: {} });
  for (const image of ['aaa', 'bbb', 'ccc']) release(lab, image);
  await lab.run();
  assert.deepEqual(lab.endings(), ['bbb recreated', 'ccc recreated', 'aaa recreated', 'inside restarted']);
});

test('a dry run says who would be made anew and who would be restarted', async () => {
  const lab = createFleet({ vpn: {}, app: { host: vpn }, web: { labels: { 'belfry.depends-on': 'app' } } });
  release(lab, 'vpn');
  const [preview] = (await lab.run({ dryRun: true })).previews;
  assert.deepEqual([preview?.recreates, preview?.restarts], [['app'], ['web']]);
});

describe('others go on meanwhile:', () => {
  test('FM49, FM84: who joins a network after everything was looked at is not cut off', async () => {
    const lab: Lab = createFleet({ vpn: {} }, { plugins: [{ beforeUpdate: join }] });
    function join() {
      lab.engine.run('late', { image: reference('vpn'), hostConfig: vpn });
      return undefined;
    }
    release(lab, 'vpn');
    await lab.run();
    assert.deepEqual(lab.endings(), ['vpn skipped HELD_BACK']);
    await lab.engine.stop('late', { signal: null, graceSeconds: null });
    await lab.engine.start('late');
  });

  test('what someone stops while a follower is being made stays stopped, and speaks against no image', async () => {
    const stopVpn = async ({ workload }: { readonly workload: { readonly name: string } }) => {
      if (workload.name !== 'app') return undefined;
      await lab.engine.stop('vpn', { signal: null, graceSeconds: null });
      return { verdict: 'veto', reason: 'no' } as const;
    };
    const lab: Lab = createFleet({ vpn: {}, app: { host: vpn } }, { plugins: [{ beforeReplace: stopVpn }] });
    release(lab, 'vpn');
    await lab.run();
    assert.deepEqual(lab.endings(), ['vpn skipped HELD_BACK', 'app skipped GATE_REFUSED']);
    assert.equal((await lab.engine.inspect('vpn')).State.Status, 'exited');
    assert.deepEqual(lab.engine.names(), ['app', 'vpn']);
  });

  test('FM54: a dependant of two providers is restarted also where the last of them stays', async () => {
    const lab = createFleet({ aa: {}, bb: {}, web: { labels: { 'belfry.depends-on': 'aa,bb' } } });
    for (const image of ['aa', 'bb']) release(lab, image);
    lab.engine.setFault(({ method, args }, phase) => {
      if (method === 'create' && phase === 'before' && args[0] === 'bb.belfry-new') throw new Error('no such device');
    });
    await lab.run();
    assert.deepEqual(lab.endings(), ['aa recreated', 'bb failed UNEXPECTED', 'web restarted']);
    assert.equal(lab.engine.calls.filter(({ method }) => method === 'restart').length, 1);
  });

  test('an image that fails in one container is there for the others', async () => {
    const fleet = {
      alpha: { image: 'shop' },
      zeta: { image: 'shop' },
      inside: { host: { NetworkMode: 'container:alpha' } },
    };
    const lab = createFleet(fleet, { plugins: [{ checkHealth: refuse('zeta') }] });
    release(lab, 'shop');
    await lab.run();
    assert.deepEqual(lab.endings(), ['zeta failed UNHEALTHY', 'alpha recreated', 'inside restarted']);
  });

  test('a tag that has moved on is given back where its follower cannot be made', async () => {
    const lab = createFleet({ vpn: {}, app: { host: vpn } }, { plugins: [{ beforeUpdate: hold('app') }] });
    release(lab, 'app');
    lab.engine.load(reference('app'));
    const moved = await lab.engine.inspectImage(reference('app'));
    release(lab, 'vpn');
    lab.engine.setFault(({ method, args }, phase) => {
      if (method === 'create' && phase === 'before' && args[0] === 'app.belfry-new') throw new Error('no such device');
    });
    await lab.run();
    assert.equal((await lab.engine.inspectImage(reference('app'))).Id, moved.Id);
  });

  test('a follower that does not run is not started either where stopped ones are revived', async () => {
    const lab = createFleet({ vpn: {}, app: { host: vpn, stopped: true } }, { settings: { reviveStopped: true } });
    release(lab, 'vpn');
    await lab.run();
    assert.deepEqual(lab.endings(), ['vpn recreated', 'app restarted']);
    assert.equal((await lab.engine.inspect('app')).State.Status, 'created');
  });

  test('FM11: two of the same image and project that would be removed as they stop go one by one', async () => {
    const labels = { 'com.docker.compose.project': 'shop' };
    const host = { AutoRemove: true };
    const lab = createFleet({ app: { image: 'shop', labels, host }, cron: { image: 'shop', labels, host } });
    release(lab, 'shop');
    await lab.run();
    assert.deepEqual(lab.endings(), ['app recreated', 'cron recreated']);
    assert.deepEqual(lab.engine.names(), ['app', 'cron']);
  });

  test('FM3: one whose successor cannot be stopped does not keep the others from coming back', async () => {
    const labels = { 'com.docker.compose.project': 'shop' };
    const fleet = { app: { image: 'shop', labels }, cron: { image: 'shop', labels } };
    const lab = createFleet(fleet, { plugins: [{ checkHealth: refuse('cron') }] });
    const ids = await Promise.all(['app', 'cron'].map((name) => idOf(lab, name)));
    release(lab, 'shop');
    lab.engine.setFault(async ({ method, args }, phase) => {
      if (method !== 'stop' || phase !== 'before' || ids.includes(String(args[0]))) return;
      const rows = await lab.engine.list();
      if (rows.find(({ id }) => id === args[0])?.name === 'cron')
        throw new AppError('ENGINE_FAILED', 'it does not end');
    });
    await lab.run();
    assert.deepEqual(lab.endings(), ['app failed GROUP_ROLLED_BACK', 'cron failed ENGINE_FAILED']);
    assert.equal(await idOf(lab, 'app'), ids[0]);
    assert.equal((await lab.engine.inspect('app')).State.Running, true);
  });
});
