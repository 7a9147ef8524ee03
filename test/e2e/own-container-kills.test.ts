import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { describe, type TestContext, test } from 'node:test';
import { findProgram, isRoot } from '../../core/demo/programs.ts';
import type { ContainerDetails } from '../../core/engine/port.ts';
import { readJournal } from '../../core/journal/read-journal.ts';
import type { FaultFor } from '../kit/fault-proxy.ts';
import { until } from '../kit/until.ts';
import { printedBy, releaseBelfry, runInside } from './inside.ts';
import { openScene, type Scene } from './scene.ts';

const full = process.env.BELFRY_FULL_MATRIX === '1';
const polling = ['watch', '--interval', '1s'];
type Call = Parameters<FaultFor>[0];

interface Kill {
  /** The change of an undisturbed run that it happens at, counted from the making of the helper. */
  readonly change: number;
  readonly when: 'before' | 'after';
  readonly state: 'mounted' | 'nowhere';
}

// A process in a container is killed by its number on the machine, which only root may do; the engine then does what
// it does after a crash. Its own kill would tell it that someone wants the container to stay stopped.
const able = isRoot() && findProgram('dockerd');

describe('FM73: Belfry or its helper, killed at any change of a self-update, leaves one Belfry at work', {
  skip: able ? false : 'needs root, and the engine on this machine',
  concurrency: 3,
}, () => {
  for (const works of [true, false]) {
    // As many as there are in an undisturbed run, which the first test proves.
    const changes = works ? 11 : 17;
    const kills = Array.from({ length: changes }, (_, at) => at + 1).flatMap((change): Kill[] =>
      (['before', 'after'] as const).flatMap((when) => [
        { change, when, state: 'mounted' },
        { change, when, state: 'nowhere' },
      ]),
    );
    const image = works ? 'works' : 'fails';
    test(`an undisturbed run makes ${changes} changes where the new image ${image}`, async (t) => {
      const scene = await openScene(t);
      await selfUpdate(scene, { works, state: 'mounted' });
      assert.equal(changesOf(scene).length, changes, changesOf(scene).map(wordsOf).join('\n'));
    });
    for (const kill of full ? kills : kills.filter((_, at) => at % 19 === 4)) {
      const { change, when, state } = kill;
      const where = state === 'mounted' ? 'with a state folder' : 'without one';
      test(`killed ${when} change ${change}, ${where}, where the new image ${image}`, (t) => killed(t, works, kill));
    }
  }
});

async function killed(t: TestContext, works: boolean, { change, when, state }: Kill): Promise<void> {
  const scene = await openScene(t);
  let count = 0;
  let words = '';
  scene.engine.setFault(async (call) => {
    count += isChange(scene, call) ? 1 : 0;
    if (words !== '' || count !== change) return undefined;
    words = wordsOf(call);
    const maker = await makerOf(scene, call);
    return { do: 'cut', when, first: () => kill(scene, maker) };
  });
  await selfUpdate(scene, { works, state }).catch((error: unknown) => {
    throw new Error(`killed ${when} ${words}: ${error instanceof Error ? error.message : String(error)}`);
  });
  assert.notEqual(words, '', 'the point was reached');
}

/** From the release of a new image until all is in order again. */
async function selfUpdate(scene: Scene, given: { readonly works: boolean; readonly state: Kill['state'] }) {
  const { works, state } = given;
  const name = await runInside(scene, { args: polling, state });
  const before = await scene.inspect(name);
  await until('the first cycle', async () => /next run/.test(await printedBy(scene, name)));
  await releaseBelfry(scene, '2', works ? polling : 'broken');
  const after = await until('one Belfry is at work', () => settled(scene, { before, works, state }), 90_000);

  assert.deepEqual(after.HostConfig.RestartPolicy, before.HostConfig.RestartPolicy);
  const tagged = await scene.api<{ readonly Id: string }>('GET', `/images/${before.Config.Image}/json`);
  assert.equal(tagged.Id, after.Image, 'the tag names the image in charge');
  if (state === 'mounted') await checkJournal(scene);
}

interface Wanted {
  readonly before: ContainerDetails;
  readonly works: boolean;
  readonly state: Kill['state'];
}

/** With a journal it comes to the end that an undisturbed run has; without one, an attempt that was cut off may count. */
async function settled(scene: Scene, { before, works, state }: Wanted): Promise<ContainerDetails | undefined> {
  const name = before.Name.slice(1);
  const [names, now] = await Promise.all([
    scene.containers(),
    scene.existing<ContainerDetails>(`/containers/${name}/json`),
  ]);
  if (!now?.State.Running) return undefined;
  const helper = await scene.existing<ContainerDetails>(`/containers/${name}.belfry-helper/json`);
  const original = now.Id === before.Id;
  if (state === 'nowhere') {
    const record = original && helper?.State.Status === 'exited' ? 1 : 0;
    return (!original || record === 1) && names.length === 1 + record ? now : undefined;
  }
  const tried = original && (await history(scene)).includes('rolled back');
  return names.length === 1 && (works ? !original : tried) ? now : undefined;
}

const history = async (scene: Scene) => (await scene.start(['history'], { DOCKER_HOST: scene.engineHost }).done).stdout;

async function checkJournal({ stateFolder }: Scene): Promise<void> {
  const [folder = ''] = await readdir(stateFolder);
  const { read, unreadable } = await readJournal(`${stateFolder}/${folder}`);
  assert.equal(unreadable, 0);
  const begun: string[] = [];
  const ended: string[] = [];
  for await (const record of read(0)) {
    if (record.kind === 'intent') begun.push(record.cycle);
    if (record.kind === 'event' && 'ending' in record.event) ended.push(record.event.cycle);
  }
  for (const cycle of begun) assert.equal(ended.filter((one) => one === cycle).length, 1, `endings of ${cycle}`);
}

/** Whether a call changes something, from the making of the helper on. */
function isChange(scene: Scene, { n, method, path }: Call): boolean {
  if (method === 'GET' || path === '/images/create') return false;
  return scene.engine.calls.some((one) => one.n <= n && isHelperMade(one));
}

function changesOf(scene: Scene): readonly Call[] {
  return scene.engine.calls.filter((call) => isChange(scene, call));
}

const isHelperMade = ({ path, query }: Call) =>
  path === '/containers/create' && query.get('name')?.endsWith('.belfry-helper') === true;

const wordsOf = ({ method, path, query }: Call) => `${method} ${path.replace(/[0-9a-f]{64}/, '…')}?${query}`;

/** Belfry makes, starts and removes the helper; the helper does the rest. */
async function makerOf(scene: Scene, call: Call): Promise<string> {
  const name = scene.name('belfry');
  const helper = await scene.existing<ContainerDetails>(`/containers/${name}.belfry-helper/json`);
  return helper === null || call.path.includes(helper.Id) ? name : `${name}.belfry-helper`;
}

/** Ends a container's process as a crash would. */
async function kill(scene: Scene, container: string): Promise<void> {
  const { State } = await scene.inspect(container);
  process.kill(Number(State.Pid), 'SIGKILL');
}
