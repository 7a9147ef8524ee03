import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { engineApi } from '../../core/demo/engine-api.ts';
import type { ContainerDetails } from '../../core/engine/port.ts';
import { openEnvironment } from '../kit/environment.ts';
import { stepIn } from '../kit/step-in.ts';
import { app, assertOriginal, assertUntouched, openScene, type Scene } from './scene.ts';

describe('what is not Belfry’s', { concurrency: 3 }, () => {
  test('FM76: survives its updates, its recovery and its cleaning up', async (t) => {
    const scene = await openScene(t);
    const foreign = await openEnvironment();
    t.after(() => foreign.close());
    const { reference } = await foreign.push('web:latest', app('1'));
    const stale = await foreign.run('web', { Image: reference });
    const parked = await foreign.run('db', { Image: reference });
    await foreign.api('POST', `/containers/${parked}/rename?name=${parked}.belfry-old`);
    const dangling = (await foreign.push('dangling:latest', app('9', { Labels: { at: foreign.prefix } }))).reference;
    await engineApi(foreign.engineHost).pull(dangling);
    const { Id: danglingId } = await foreign.api<{ readonly Id: string }>('GET', `/images/${dangling}/json`);
    for (const image of ['web:latest', 'dangling:latest']) await foreign.push(image, app('10'));
    await engineApi(foreign.engineHost).pull(dangling);
    const before = await Promise.all([stale, `${parked}.belfry-old`].map(foreign.inspect));

    const name = await scene.deploy('web');
    await scene.release('web', '2');
    for (const args of [['recover'], ['update', '--cleanup', '--rollback-grace', '0s']])
      assert.equal((await scene.belfry(...args)).code, 0);
    assert.equal((await scene.belfry('check', name)).report.counts.upToDate, 1);

    const after = await Promise.all([stale, `${parked}.belfry-old`].map(foreign.inspect));
    assert.deepEqual(after, before);
    assert.equal((await foreign.api<{ readonly Id: string }>('GET', `/images/${danglingId}/json`)).Id, danglingId);
  });

  test('FM4, FM14: by a name that Belfry would park a container under, keeps it', async (t) => {
    const scene = await openScene(t);
    const name = await scene.deploy('web');
    const other = await scene.deploy('other');
    const squatter = `${name}.belfry-new`;
    await scene.api('POST', `/containers/${other}/rename?name=${squatter}`);
    const before = await Promise.all([name, squatter].map(scene.inspect));
    await scene.release('web', '2');

    const run = await scene.belfry('update');
    const codes = Object.fromEntries(run.report.items.map(({ workload, problem }) => [workload.name, problem?.code]));
    assert.equal(codes[name], 'NAME_TAKEN', JSON.stringify(codes));
    const events = await scene.start(['events']).done;
    assert.match(events.stdout, /no interrupted update leaves just/);
    assert.deepEqual(await Promise.all([name, squatter].map(scene.inspect)), before);
  });
});

/** The calls of a replacement before which somebody else steps in. */
const moments = {
  'before the new one is made': /^POST \/containers\/create$/,
  'before the old one is stopped': /^POST \/containers\/\w+\/stop$/,
  'before the old one is parked': /^POST \/containers\/[\w.-]+\/rename$/,
};
const beforeTheStart = /^POST \/containers\/\w+\/start$/;

describe('a container that somebody', { concurrency: 3 }, () => {
  for (const [when, moment] of Object.entries(moments)) {
    test(`FM15: removes ${when} stays away`, async (t) => {
      const { scene, name, stepIn } = await openMeddling(t, moment);
      const { Image, Config } = await scene.inspect(name);
      stepIn(() => scene.api('DELETE', `/containers/${name}?force=1`));
      const run = await scene.belfry('update');
      const { outcome, problem } = run.item(name);
      assert.deepEqual([run.code, outcome, problem?.code], [1, 'unchanged', 'CONTAINER_CHANGED'], problem?.message);
      assert.deepEqual(await scene.containers(), []);
      const tagged = await scene.api<{ readonly Id: string }>('GET', `/images/${Config.Image}/json`);
      assert.equal(tagged.Id, Image);
    });

    test(`FM14, FM15, FM77: makes anew ${when} is left as they made it`, async (t) => {
      const { scene, name, stepIn } = await openMeddling(t, moment);
      const theirs = stepIn(() => makeAnew(scene, name));
      const run = await scene.belfry('update');
      const { outcome, problem } = run.item(name);
      assert.deepEqual([run.code, outcome, problem?.code], [1, 'unchanged', 'CONTAINER_CHANGED'], problem?.message);
      // Made when the tag had moved already, it is up to date.
      const next = await scene.belfry('update');
      assert.deepEqual([next.code, next.report.counts.upToDate], [0, 1], next.stderr);
      await assertLeft(scene, await theirs);
    });
  }

  test('FM14, FM15, FM77: makes anew before the new one is started is left as they made it', async (t) => {
    const { scene, name, stepIn } = await openMeddling(t, beforeTheStart);
    const theirs = stepIn(() => makeAnew(scene, name));
    const run = await scene.belfry('update');
    assert.deepEqual([run.code, run.item(name).problem?.code], [1, 'CONTAINER_CHANGED']);
    assert.equal((await scene.belfry('recover')).code, 0);
    await assertLeft(scene, await theirs);
  });

  test('FM15: removes before it is started gives way to the original', async (t) => {
    const { scene, name, stepIn } = await openMeddling(t, beforeTheStart);
    const before = await scene.inspect(name);
    stepIn(() => scene.api('DELETE', `/containers/${name}?force=1`));
    assert.equal((await scene.belfry('update')).item(name).outcome, 'rolled-back');
    await assertOriginal(scene, before);
  });

  test('FM15: renames while its update is prepared keeps the new name', async (t) => {
    const { scene, name, stepIn } = await openMeddling(t, moments['before the new one is made']);
    const before = await scene.inspect(name);
    stepIn(() => scene.api('POST', `/containers/${name}/rename?name=${name}-mine`));
    const run = await scene.belfry('update');
    const { outcome, problem } = run.item(name);
    assert.deepEqual([run.code, outcome, problem?.code], [1, 'unchanged', 'CONTAINER_CHANGED']);
    await assertUntouched(scene, { ...before, Name: `/${name}-mine` });
    assert.deepEqual(await scene.containers(), [`${name}-mine`]);
  });
});

/** A container that is behind, and a moment of its update at which somebody can step in. */
async function openMeddling(t: Parameters<typeof openScene>[0], moment: RegExp) {
  const scene = await openScene(t);
  const name = await scene.deploy('web');
  await scene.release('web', '2');
  return { scene, name, stepIn: <T>(deed: () => Promise<T>) => stepIn(scene.engine, moment, deed) };
}

/** As `compose up` would; resolves with the container that runs now. */
async function makeAnew(scene: Scene, name: string): Promise<ContainerDetails> {
  const { Config, HostConfig } = await scene.inspect(name);
  await scene.api('DELETE', `/containers/${name}?force=1`);
  await scene.api('POST', `/containers/create?name=${name}`, { ...Config, HostConfig });
  await scene.api('POST', `/containers/${name}/start`);
  return scene.inspect(name);
}

/** Theirs runs as it did, and nothing else is there. */
async function assertLeft(scene: Scene, theirs: ContainerDetails): Promise<void> {
  const { Name, State } = await scene.inspect(theirs.Id);
  assert.deepEqual([Name, State.StartedAt, State.Running], [theirs.Name, theirs.State.StartedAt, true]);
  assert.deepEqual(await scene.containers(), [Name.slice(1)]);
}
