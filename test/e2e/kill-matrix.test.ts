import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { mapLimited } from '../../core/concurrency.ts';
import type { PrivateEngine } from '../../core/demo/private-engine.ts';
import { findProgram, isRoot } from '../../core/demo/programs.ts';
import { openStage, type Stage } from '../../core/demo/stage.ts';
import { readJournal } from '../../core/journal/read-journal.ts';
import type { JournalRecord } from '../../core/journal/record.ts';
import { type BelfryResult, startBelfry } from '../kit/belfry.ts';
import { openEnvironment } from '../kit/environment.ts';
import { openFurtherEngine } from '../kit/private-engine.ts';
import { openSocketProxy } from '../kit/socket-proxy.ts';
import { breakAt, changesSomething, type Point, pointsOf } from './kill-points.ts';
import { checkWhole, createVictim, remainsOf, removeVictim, type Victim, type VictimKind } from './victim.ts';

const full = process.env.BELFRY_FULL_MATRIX === '1';

/** What comes after a kill. */
interface Sequel {
  readonly command: 'recover' | 'update';
  /** Whether the second run has the state folder of the first. */
  readonly remembers: boolean;
}

const sequels: readonly Sequel[] = [
  { command: 'recover', remembers: true },
  { command: 'recover', remembers: false },
  { command: 'update', remembers: true },
  { command: 'update', remembers: false },
];

describe('Belfry, killed at any engine call of a replacement and run again, leaves one healthy container', () => {
  let stage: Stage;
  before(async () => {
    stage = await openEnvironment();
  });
  after(() => stage.close());

  for (const bad of [false, true]) {
    test(`FM1, FM2: with a new image that ${bad ? 'fails, so that it was rolled back' : 'works'}`, async (t) => {
      const points = await record(stage, bad);
      const tries = points.flatMap((point, index) => sequelsOf(point, index).map((sequel) => ({ point, sequel })));
      const found = await mapLimited(tries, 3, async ({ point, sequel }) => killBelfry(stage, { bad, point, sequel }));
      t.diagnostic(`kill matrix: ${tries.length} points`);
      assertNone(found);
    });
  }

  test('FM2, FM12: also where the engine goes on with the stop of the original', async () => {
    const points = await record(stage, false);
    const point = points.find(({ words }) => words.startsWith('before POST') && words.includes('/stop'));
    assert.ok(point);
    const stop = ({ name }: Victim) => void stage.api('POST', `/containers/${name}/stop`).catch(() => undefined);
    const tries = sequels.filter(({ command }) => command === 'recover');
    assertNone(
      await mapLimited(tries, 2, async (sequel) =>
        killBelfry(stage, { bad: false, point, sequel, stopsSlowly: true, meanwhile: stop }),
      ),
    );
  });
});

/** All of them in the full matrix; else one each in turn, and only points where the engine differs from the last. */
function sequelsOf(point: Point, index: number): readonly Sequel[] {
  if (full) return sequels;
  if (point.phase === 'after' && !changesSomething(point)) return [];
  const turn = (index + Math.floor(index / sequels.length)) % sequels.length;
  return sequels.slice(turn, turn + 1);
}

const able = isRoot() && findProgram('dockerd') && findProgram('ip');

describe('Belfry, when the engine itself is killed in the middle of a replacement', {
  skip: able ? false : 'needs root, dockerd and iproute2',
}, () => {
  let shared: Stage;
  let engine: PrivateEngine;
  let stage: Stage;
  before(async () => {
    shared = await openEnvironment();
    engine = await openFurtherEngine();
    stage = await openStage({ ...shared, engineHost: engine.host }, 'belfry-test');
  });
  after(async () => {
    await engine.close();
    await shared.close();
  });

  for (const bad of [false, true]) {
    test(`FM2, FM78: puts things in order with a new image that ${bad ? 'fails' : 'works'}`, async (t) => {
      const all = (await record(stage, bad)).flatMap((point) => [
        { point, survives: true },
        { point, survives: false },
      ]);
      const tries = full ? all : all.filter((_, index) => index % 11 === 3);
      const found: (string | undefined)[] = [];
      for (const one of tries) found.push(await killEngine(stage, engine, { bad, ...one }));
      t.diagnostic(`kill matrix: ${tries.length} points`);
      assertNone(found);
    });
  }
});

/** One whole replacement, to see which calls it makes. */
async function record(stage: Stage, bad: boolean): Promise<readonly Point[]> {
  const victim = await createVictim(stage, nextName(), { bad, policy: 'always', stopsSlowly: false });
  const proxy = await openSocketProxy(stage.engineHost);
  const state = await mkdtemp('/tmp/belfry-kill-');
  try {
    const { code, stderr } = await belfry('update', victim, { dockerHost: proxy.host, state }).done;
    assert.equal(code, bad ? 1 : 0, stderr);
    await checkWhole(stage, victim, { image: bad ? 'original' : 'newer', knowsTag: true, volumes: [] });
    await removeVictim(stage, victim, []);
    return pointsOf(proxy.calls);
  } finally {
    await proxy.close();
    await rm(state, { recursive: true });
  }
}

interface Case {
  readonly bad: boolean;
  readonly point: Point;
}

interface KillCase extends Case {
  readonly sequel: Sequel;
  /** Whether the original takes a second to stop. */
  readonly stopsSlowly?: boolean;
  /** Happens together with the kill. */
  readonly meanwhile?: (victim: Victim) => void;
}

/** Resolves with what is wrong afterwards, if anything is. */
async function killBelfry(stage: Stage, { bad, point, sequel, stopsSlowly = false, meanwhile }: KillCase) {
  const { command, remembers } = sequel;
  const words = `killed ${point.words}, then ${command} ${remembers ? 'with' : 'without'} its state folder`;
  const policy = made % 2 === 0 ? 'always' : 'unless-stopped';
  return tryOut(stage, words, { bad, policy, stopsSlowly }, async ({ victim, states, proxyAt, look, volumes }) => {
    const proxy = await proxyAt(point, async () => {
      await look();
      meanwhile?.(victim);
      run.child.kill('SIGKILL');
    });
    const run = belfry('update', victim, { dockerHost: proxy.host, state: states[0] });
    const first = await run.done;
    if (first.signal !== 'SIGKILL') assert.ok(!changesSomething(point), `the point was not reached\n${first.stderr}`);
    const knowsTag = remembers || (await look()).names.length > 1;

    const state = states[remembers ? 0 : 1];
    const second = await belfry(command, victim, { dockerHost: stage.engineHost, state }).done;
    const image = bad ? { image: 'original' as const } : command === 'update' ? { image: 'newer' as const } : {};
    await explain(checkWhole(stage, victim, { ...image, knowsTag, volumes }), [second]);
    await checkJournal(state, remembers ? 1 : 0);
  });
}

/** A Belfry that survives the engine may or may not get everything in order by itself; the next one does. */
async function killEngine(stage: Stage, engine: PrivateEngine, given: Case & { readonly survives: boolean }) {
  const { bad, point, survives } = given;
  const words = `engine killed ${survives ? '' : 'together with Belfry '}${point.words}`;
  // An engine that was killed takes an `unless-stopped` container for one that was stopped by hand.
  const kind = { bad, policy: 'always', stopsSlowly: false };
  return tryOut(stage, words, kind, async ({ victim, states: [state], proxyAt, look, volumes }) => {
    let restarted: Promise<void> | undefined;
    const proxy = await proxyAt(point, async () => {
      await look();
      const killed = engine.kill();
      restarted = killed.then(() => engine.restart());
      if (!survives) run.child.kill('SIGKILL');
      await killed;
    });
    const run = belfry('update', victim, { dockerHost: proxy.host, state });
    const first = await run.done;
    if (restarted === undefined) assert.ok(!changesSomething(point), `the point was not reached\n${first.stderr}`);
    await restarted;
    const second = await belfry('recover', victim, { dockerHost: stage.engineHost, state }).done;
    const image = bad ? { image: 'original' as const } : {};
    await explain(checkWhole(stage, victim, { ...image, knowsTag: true, volumes }), [first, second]);
    await checkJournal(state, 1);
  });
}

/** Adds what the runs had to say to what is wrong after them. */
async function explain(checked: Promise<void>, runs: readonly BelfryResult[]): Promise<void> {
  await checked.catch((error: Error) => {
    throw new Error([error.message, ...runs.map(({ stderr }) => stderr)].join('\n'));
  });
}

interface Scene {
  readonly victim: Victim;
  /** Two state folders. */
  readonly states: readonly [string, string];
  /** A proxy that does something at a point and breaks off that call. */
  readonly proxyAt: (point: Point, first: () => Promise<void>) => ReturnType<typeof openSocketProxy>;
  readonly look: () => ReturnType<typeof remainsOf>;
  /** All that were there at a look. */
  readonly volumes: ReadonlySet<string>;
}

async function tryOut(
  stage: Stage,
  words: string,
  kind: VictimKind,
  work: (scene: Scene) => Promise<void>,
): Promise<string | undefined> {
  const victim = await createVictim(stage, nextName(), kind);
  const folders = await mkdtemp('/tmp/belfry-kill-');
  const proxies: Awaited<ReturnType<typeof openSocketProxy>>[] = [];
  const volumes = new Set<string>();
  const scene: Scene = {
    victim,
    states: [`${folders}/1`, `${folders}/2`],
    proxyAt: async (point, first) => {
      const proxy = await openSocketProxy(stage.engineHost, breakAt(point, first));
      proxies.push(proxy);
      return proxy;
    },
    look: async () => {
      const remains = await remainsOf(stage, victim);
      for (const volume of remains.volumes) volumes.add(volume);
      return remains;
    },
    volumes,
  };
  try {
    await work(scene);
    return undefined;
  } catch (error) {
    return `${words} (${kind.policy}): ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    for (const proxy of proxies) await proxy.close();
    await removeVictim(stage, victim, volumes);
    await rm(folders, { recursive: true, force: true });
  }
}

function belfry(command: string, { scope }: Victim, at: { readonly dockerHost: string; readonly state: string }) {
  const env = { BELFRY_SCOPE: scope, BELFRY_STABILITY_WINDOW: '200ms' };
  return startBelfry([command, '--json'], {
    dockerHost: at.dockerHost,
    stateFolder: at.state,
    env,
    timeoutMs: 120_000,
  });
}

/** Every line can be read; each replacement that began has one ending, and each cycle its end. */
async function checkJournal(state: string, atLeast: number): Promise<void> {
  const [folder = ''] = await readdir(state);
  const journal = await readJournal(`${state}/${folder}`);
  assert.equal(journal.unreadable, 0, 'unreadable lines');
  const records: JournalRecord[] = [];
  for await (const record of journal.read(0)) records.push(record);
  const events = records.flatMap((record) => (record.kind === 'event' ? [record.event] : []));
  const count = (cycle: string, what: 'ending' | 'finished') =>
    events.filter((event) => event.cycle === cycle && (what in event || event.type === what)).length;

  const begun = records.flatMap((record) => (record.kind === 'intent' ? [record.cycle] : []));
  assert.ok(begun.length >= atLeast, 'no replacement was recorded');
  for (const cycle of begun) assert.equal(count(cycle, 'ending'), 1, `endings of ${cycle}`);
  for (const { cycle, type } of events) if (type === 'started') assert.equal(count(cycle, 'finished'), 1, 'finished');
}

let made = 0;

function nextName(): string {
  made += 1;
  return `k${made}`;
}

function assertNone(found: readonly (string | undefined)[]): void {
  const wrong = found.flatMap((one) => one ?? []);
  assert.ok(wrong.length === 0, `${wrong.length} of ${found.length} points:\n${wrong.join('\n')}`);
}
