import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import type { Stage } from '../../core/demo/stage.ts';
import { readJournal } from '../../core/journal/read-journal.ts';
import type { JournalRecord } from '../../core/journal/record.ts';
import { type BelfryResult, startBelfry } from '../kit/belfry.ts';
import { openSocketProxy } from '../kit/socket-proxy.ts';
import { breakAt, changesSomething, type Point, pointsOf } from './kill-points.ts';
import { checkWhole, createVictim, remainsOf, removeVictim, type Victim, type VictimKind } from './victim.ts';

/** Whether every point is to be tried with all that may come after it. */
export const full = process.env.BELFRY_FULL_MATRIX === '1';

/** What comes after a kill. */
export interface Sequel {
  readonly command: 'recover' | 'update';
  /** Whether the second run has the state folder of the first. */
  readonly remembers: boolean;
}

const update: readonly string[] = ['update'];

/** One whole replacement, to see which calls it makes. */
export async function record(stage: Stage, kind: VictimKind, words = update): Promise<readonly Point[]> {
  const victim = await createVictim(stage, nextName(), kind);
  const proxy = await openSocketProxy(stage.engineHost);
  const state = await mkdtemp('/tmp/belfry-kill-');
  const { bad } = kind;
  try {
    const { code, stderr } = await belfry(words, victim, { dockerHost: proxy.host, state }).done;
    assert.equal(code, bad ? 1 : 0, stderr);
    await checkWhole(stage, victim, { image: bad ? 'original' : 'newer', knowsTag: true, volumes: [] });
    await removeVictim(stage, victim, []);
    return pointsOf(proxy.calls);
  } finally {
    await proxy.close();
    await rm(state, { recursive: true });
  }
}

interface Kill {
  readonly kind: VictimKind;
  readonly point: Point;
  readonly sequel: Sequel;
  /** What is killed; `update` unless given. */
  readonly words?: readonly string[];
  /** Happens together with the kill. */
  readonly meanwhile?: (victim: Victim) => void;
}

/** Resolves with what is wrong afterwards, if anything is. */
export async function killBelfry(stage: Stage, { kind, point, sequel, words = update, meanwhile }: Kill) {
  const { command, remembers } = sequel;
  const title = `killed ${point.words}, then ${command} ${remembers ? 'with' : 'without'} its state folder`;
  return tryOut(stage, title, kind, async ({ victim, states, proxyAt, look, volumes }) => {
    const proxy = await proxyAt(point, async () => {
      await look();
      meanwhile?.(victim);
      run.child.kill('SIGKILL');
    });
    const run = belfry(words, victim, { dockerHost: proxy.host, state: states[0] });
    const first = await run.done;
    if (first.signal !== 'SIGKILL') assert.ok(!changesSomething(point), `the point was not reached\n${first.stderr}`);
    const knowsTag = remembers || (await look()).names.length > victim.parts.length;

    const state = states[remembers ? 0 : 1];
    const again = command === 'update' ? words : [command];
    const second = await belfry(again, victim, { dockerHost: stage.engineHost, state }).done;
    const image = kind.bad ? { image: 'original' as const } : command === 'update' ? { image: 'newer' as const } : {};
    // Nothing on the engine tells that twins belong together: the next update does.
    const apart = kind.companions?.includes('twin') === true && !remembers && command === 'recover';
    await explain(checkWhole(stage, victim, { ...image, apart, knowsTag, volumes }), [second]);
    await checkJournal(state, remembers ? 1 : 0);
  });
}

/** Adds what the runs had to say to what is wrong after them. */
export async function explain(checked: Promise<void>, runs: readonly BelfryResult[]): Promise<void> {
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

export async function tryOut(
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

interface At {
  readonly dockerHost: string;
  readonly state: string;
}

export function belfry(words: readonly string[], { scope }: Victim, at: At) {
  const env = { BELFRY_SCOPE: scope, BELFRY_STABILITY_WINDOW: '200ms' };
  return startBelfry([...words, '--json'], {
    dockerHost: at.dockerHost,
    stateFolder: at.state,
    env,
    timeoutMs: 120_000,
  });
}

/** Every line can be read; each replacement that began has one ending, and each cycle its end. */
export async function checkJournal(state: string, atLeast: number): Promise<void> {
  const [folder = ''] = await readdir(state);
  const journal = await readJournal(`${state}/${folder}`);
  assert.equal(journal.unreadable, 0, 'unreadable lines');
  const records: JournalRecord[] = [];
  for await (const record of journal.read(0)) records.push(record);
  const events = records.flatMap((record) => (record.kind === 'event' ? [record.event] : []));
  const intents = records.flatMap((record) => (record.kind === 'intent' ? [record] : []));
  assert.ok(intents.length >= atLeast, 'no replacement was recorded');
  for (const { cycle, workload } of intents) {
    const endings = events.filter((event) => {
      return event.cycle === cycle && 'ending' in event && event.workload?.name === workload.name;
    });
    assert.equal(endings.length, 1, `endings of ${workload.name}`);
  }
  for (const { cycle } of events.filter(({ type }) => type === 'started')) {
    assert.equal(events.filter((event) => event.cycle === cycle && event.type === 'finished').length, 1, 'finished');
  }
}

let made = 0;

function nextName(): string {
  made += 1;
  return `k${made}`;
}

export function assertNone(found: readonly (string | undefined)[]): void {
  const wrong = found.flatMap((one) => one ?? []);
  assert.ok(wrong.length === 0, `${wrong.length} of ${found.length} points:\n${wrong.join('\n')}`);
}
