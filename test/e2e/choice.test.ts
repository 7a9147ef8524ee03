import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { engineApi } from '../../core/demo/engine-api.ts';
import type { Json } from '../../core/engine/port.ts';
import type { Workload } from '../../core/events.ts';
import { openRegistryProxy } from '../kit/registry-proxy.ts';
import { until } from '../kit/until.ts';
import { assertUntouched, openScene, type Run, type Scene } from './scene.ts';

interface Exempt {
  readonly title: string;
  /** Resolves with the name of a container that is behind and must be left alone. */
  readonly deploy: (scene: Scene) => Promise<string>;
  readonly args?: readonly string[];
  readonly code: string;
  readonly state: 'skipped' | 'available';
}

const labelled = (Labels: Readonly<Record<string, string>>) => (scene: Scene) =>
  scene.deploy('web', { create: { Labels } });

const exempt: readonly Exempt[] = [
  {
    title: 'FM64: pinned by digest',
    deploy: async (scene) => {
      const { Config, Image } = await scene.inspect(await scene.deploy('web'));
      const { RepoDigests } = await scene.api<{ RepoDigests: readonly string[] }>('GET', `/images/${Image}/json`);
      return runLocal(scene, 'pinned', { Labels: Config.Labels, Image: RepoDigests[0] });
    },
    ...{ code: 'PINNED', state: 'skipped' },
  },
  {
    title: 'FM66: of an image that was built here',
    deploy: async (scene) => {
      const maker = await scene.deploy('maker');
      const { Labels } = (await scene.inspect(maker)).Config;
      await scene.api('POST', `/commit?container=${maker}&repo=${scene.registry}/${scene.prefix}/web&tag=latest`);
      return runLocal(scene, 'web', { Labels, Image: scene.reference('web:latest') });
    },
    ...{ code: 'IMAGE_LOCAL', state: 'skipped' },
  },
  {
    title: 'FM18: that is paused',
    deploy: async (scene) => {
      const name = await scene.deploy('web');
      await scene.api('POST', `/containers/${name}/pause`);
      return name;
    },
    ...{ code: 'STATE_UNSUITABLE', state: 'skipped' },
  },
  {
    title: 'that restarts over and over',
    deploy: async (scene) => {
      const HostConfig = { RestartPolicy: { Name: 'always', MaximumRetryCount: 0 } };
      const name = await scene.deploy('web', { create: { HostConfig }, image: { Cmd: ['false'] } });
      // By then the engine waits for more than six seconds between two attempts.
      await until('a long pause', async () => {
        const { RestartCount, State } = await scene.inspect(name);
        return RestartCount >= 6 && State.Restarting;
      });
      return name;
    },
    ...{ code: 'STATE_UNSUITABLE', state: 'skipped' },
  },
  {
    title: 'with a monitor-only label',
    deploy: labelled({ 'belfry.monitor-only': 'true' }),
    ...{ code: 'MONITOR_ONLY', state: 'available' },
  },
  {
    title: 'with Watchtower’s monitor-only label',
    deploy: labelled({ 'com.centurylinklabs.watchtower.monitor-only': 'true' }),
    ...{ code: 'MONITOR_ONLY', state: 'available' },
  },
  {
    title: 'under --monitor-only',
    deploy: labelled({}),
    args: ['--monitor-only'],
    ...{ code: 'MONITOR_ONLY', state: 'available' },
  },
  {
    title: 'with a label that makes no sense',
    deploy: labelled({ 'belfry.stop-timeout': 'soon' }),
    ...{ code: 'LABEL_INVALID', state: 'skipped' },
  },
  { title: 'FM47: whose network a monitored one uses', ...dependedOn('NetworkMode') },
  { title: 'FM47: whose process ids a monitored one sees', ...dependedOn('PidMode') },
  { title: 'FM47: whose shared memory a monitored one uses', ...dependedOn('IpcMode') },
  { title: 'FM47: whose volumes a monitored one uses', ...dependedOn('VolumesFrom') },
  { title: 'FM47: that a monitored one links to', ...dependedOn('Links') },
];

describe('a container', { concurrency: 3 }, () => {
  for (const { title, deploy, args = [], code, state } of exempt) {
    test(`${title} is left as it is, and the report says why`, async (t) => {
      const scene = await openScene(t);
      const name = await deploy(scene);
      const before = await scene.inspect(name);
      await scene.release('web', '2');
      const run = await scene.belfry('update', ...args);
      const item = run.item(name);
      assert.deepEqual([run.code, item.state, item.problem?.code], [0, state, code], item.problem?.message);
      const after = await scene.inspect(before.Id);
      assert.equal(after.Name, before.Name);
      if (!before.State.Restarting) assert.equal(after.State.StartedAt, before.State.StartedAt);
    });
  }

  test('goes by its whole name', async (t) => {
    const scene = await openScene(t);
    const db = await scene.deploy('db');
    const backup = await scene.deploy('db-backup');
    const namesOf = (run: Run) => run.report.items.map(({ workload }) => workload.name);
    for (const short of ['db', 'db-backup']) await scene.release(short, '2');
    assert.deepEqual(namesOf(await scene.belfry('check', db)), [db]);
    assert.deepEqual(namesOf(await scene.belfry('check', '.*-backup')), [backup]);
    assert.deepEqual(namesOf(await scene.belfry('check', `${db}.*`)), [db, backup]);
    assert.deepEqual(namesOf(await scene.belfry('check', '--disable-containers', db)), [backup]);
  });

  test('that nobody has ever heard of ends the command with exit code 2', async (t) => {
    const scene = await openScene(t);
    const db = await scene.deploy('db');
    for (const command of ['update', 'check', 'rollback']) {
      const run = await scene.belfry(command, db.slice(0, -1));
      assert.deepEqual([run.code, run.problems.map(({ code }) => code)], [2, ['WORKLOAD_UNKNOWN']], command);
    }
  });

  test('is watched or not as its label says', async (t) => {
    const scene = await openScene(t);
    const watchtower = 'com.centurylinklabs.watchtower.enable';
    const plain = await scene.deploy('plain');
    const on = await scene.deploy('on', { create: { Labels: { 'belfry.enable': 'true' } } });
    const on2 = await scene.deploy('on2', { create: { Labels: { [watchtower]: 'true' } } });
    await scene.deploy('off', { create: { Labels: { 'belfry.enable': 'false' } } });
    await scene.deploy('off2', { create: { Labels: { 'belfry.enable': 'true', [watchtower]: 'false' } } });
    const watched = async (...flags: readonly string[]) => {
      const { upToDate } = (await scene.belfry('check', ...flags)).json<{ upToDate: readonly Workload[] }>();
      return upToDate.map(({ name }) => name);
    };
    assert.deepEqual(await watched(), [on, on2, plain]);
    assert.deepEqual(await watched('--label-enable'), [on, on2]);
  });

  for (const [what, Labels, args] of [
    ['under --no-pull', {}, ['--no-pull']],
    ['with a no-pull label', { 'belfry.no-pull': 'true' }, []],
  ] as const) {
    test(`${what} follows its tag on the engine, and no registry is asked`, async (t) => {
      const scene = await openScene(t);
      const proxy = await openRegistryProxy(scene.registry);
      t.after(() => proxy.close());
      await scene.release('web', '1');
      const Image = scene.reference('web:latest', proxy.address);
      const name = await scene.run('web', { Image, Labels });
      const before = await scene.inspect(name);
      await scene.release('web', '2');
      const asked = proxy.calls.length;
      const early = await scene.belfry('update', ...args);
      assert.equal(early.report.counts.upToDate, 1);
      await assertUntouched(scene, before);
      assert.equal(proxy.calls.length, asked);

      await engineApi(scene.engineHost).pull(Image);
      const pulled = proxy.calls.length;
      const run = await scene.belfry('update', ...args);
      assert.equal(run.item(name).state, 'recreated', run.stderr);
      assert.equal((await scene.inspect(name)).Config.Image, Image);
      assert.equal(proxy.calls.length, pulled);
    });
  }
});

/** Runs a container of an image that the engine has. */
async function runLocal(scene: Scene, short: string, create: Json): Promise<string> {
  await scene.api('POST', `/containers/create?name=${scene.name(short)}`, create);
  await scene.api('POST', `/containers/${scene.name(short)}/start`);
  return scene.name(short);
}

/** A container that another one, which may not be touched, leans on in this way. */
function dependedOn(field: 'NetworkMode' | 'PidMode' | 'IpcMode' | 'VolumesFrom' | 'Links'): Omit<Exempt, 'title'> {
  return {
    deploy: async (scene) => {
      const name = await scene.deploy('web', { create: { HostConfig: { IpcMode: 'shareable' } } });
      const value = { VolumesFrom: [name], Links: [`${name}:web`] };
      const HostConfig = { [field]: field in value ? value[field as keyof typeof value] : `container:${name}` };
      await scene.deploy('user', { create: { HostConfig, Labels: { 'belfry.monitor-only': 'true' } } });
      return name;
    },
    ...{ code: 'HAS_DEPENDANTS', state: 'available' },
  };
}
