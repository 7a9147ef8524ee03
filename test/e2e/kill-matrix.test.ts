import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { mapLimited } from '../../core/concurrency.ts';
import type { PrivateEngine } from '../../core/demo/private-engine.ts';
import { findProgram, isRoot } from '../../core/demo/programs.ts';
import type { Stage } from '../../core/demo/stage.ts';
import { openEnvironment } from '../kit/environment.ts';
import { openFurtherStage } from '../kit/private-engine.ts';
import { changesSomething, firstStart, type Point, since, statesAmong } from './kill-points.ts';
import { assertNone, belfry, checkJournal, explain, full, killBelfry, record, type Sequel, tryOut } from './killing.ts';
import { checkWhole, type Victim } from './victim.ts';

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
      const tries = triesOf(await record(stage, { bad, policy: 'always' }), bad);
      const found = await mapLimited(tries, 3, async ({ point, sequel }) => {
        const policy = point.changes % 2 === 0 ? 'always' : 'unless-stopped';
        return killBelfry(stage, { kind: { bad, policy }, point, sequel });
      });
      t.diagnostic(`kill matrix: ${tries.length} points`);
      assertNone(found);
    });
  }

  test('FM2, FM12: also where the engine goes on with the stop of the original', async () => {
    const points = await record(stage, { bad: false, policy: 'always' });
    const point = points.find(({ words }) => words.startsWith('before POST') && words.includes('/stop'));
    assert.ok(point);
    const stop = ({ name }: Victim) => void stage.api('POST', `/containers/${name}/stop`).catch(() => undefined);
    const kind = { bad: false, policy: 'always', stopsSlowly: true } as const;
    const tries = sequels.filter(({ command }) => command === 'recover');
    assertNone(
      await mapLimited(tries, 2, async (sequel) => killBelfry(stage, { kind, point, sequel, meanwhile: stop })),
    );
  });
});

/** Each point with all sequels in the full matrix; else every other state of the engine with one of them in turn. */
function triesOf(
  points: readonly Point[],
  bad: boolean,
): readonly { readonly point: Point; readonly sequel: Sequel }[] {
  if (full) return points.flatMap((point) => sequels.map((sequel) => ({ point, sequel })));
  const states = statesAmong(bad ? since(points, firstStart) : points);
  return states.flatMap((point, at) => {
    if (at % 2 !== Number(bad)) return [];
    const turn = (at + Math.floor(at / sequels.length)) % sequels.length;
    return sequels.slice(turn, turn + 1).map((sequel) => ({ point, sequel }));
  });
}

const able = isRoot() && findProgram('dockerd') && findProgram('ip');

describe('Belfry, when the engine itself is killed in the middle of a replacement', {
  skip: able ? false : 'needs root, dockerd and iproute2',
}, () => {
  let further: Awaited<ReturnType<typeof openFurtherStage>>;
  let engine: PrivateEngine;
  let stage: Stage;
  before(async () => {
    further = await openFurtherStage();
    ({ engine, stage } = further);
  });
  after(() => further.close());

  for (const bad of [false, true]) {
    test(`FM2, FM78: puts things in order with a new image that ${bad ? 'fails' : 'works'}`, async (t) => {
      const all = (await record(stage, { bad, policy: 'always' })).flatMap((point) => [
        { point, survives: true },
        { point, survives: false },
      ]);
      const tries = full ? all : all.filter((_, index) => index % 21 === 3);
      const found: (string | undefined)[] = [];
      for (const one of tries) found.push(await killEngine(stage, engine, { bad, ...one }));
      t.diagnostic(`kill matrix: ${tries.length} points`);
      assertNone(found);
    });
  }
});

interface EngineKill {
  readonly bad: boolean;
  readonly point: Point;
  readonly survives: boolean;
}

/** A Belfry that survives the engine may or may not get everything in order by itself; the next one does. */
async function killEngine(stage: Stage, engine: PrivateEngine, { bad, point, survives }: EngineKill) {
  const words = `engine killed ${survives ? '' : 'together with Belfry '}${point.words}`;
  // An engine that was killed takes an `unless-stopped` container for one that was stopped by hand.
  return tryOut(
    stage,
    words,
    { bad, policy: 'always' },
    async ({ victim, states: [state], proxyAt, look, volumes }) => {
      let restarted: Promise<void> | undefined;
      const proxy = await proxyAt(point, async () => {
        await look();
        const killed = engine.kill();
        restarted = killed.then(() => engine.restart());
        if (!survives) run.child.kill('SIGKILL');
        await killed;
      });
      const run = belfry(['update'], victim, { dockerHost: proxy.host, state });
      const first = await run.done;
      if (restarted === undefined) assert.ok(!changesSomething(point), `the point was not reached\n${first.stderr}`);
      await restarted;
      const second = await belfry(['recover'], victim, { dockerHost: stage.engineHost, state }).done;
      const image = bad ? { image: 'original' as const } : {};
      await explain(checkWhole(stage, victim, { ...image, knowsTag: true, volumes }), [first, second]);
      await checkJournal(state, 1);
    },
  );
}
