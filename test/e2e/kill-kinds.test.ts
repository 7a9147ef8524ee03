import { after, before, describe, test } from 'node:test';
import { mapLimited } from '../../core/concurrency.ts';
import type { Stage } from '../../core/demo/stage.ts';
import { openEnvironment } from '../kit/environment.ts';
import { changesSomething, firstStart, type Point, since, statesAmong } from './kill-points.ts';
import { assertNone, full, killBelfry, record, type Sequel } from './killing.ts';
import type { VictimKind } from './victim.ts';

interface Play {
  readonly title: string;
  readonly kind: Omit<VictimKind, 'bad'>;
  /** The arguments of the run that is killed; `update` unless given. */
  readonly words?: readonly string[];
  /** The first call at which it is killed, where not from the beginning. */
  readonly from?: RegExp;
  /** Whether nothing but the state folder can tell how to go on. */
  readonly mustRemember?: true;
}

const plays: readonly Play[] = [
  {
    title: 'FM2, FM49: a container and who uses its network',
    kind: { policy: 'always', companions: ['follower'] },
  },
  {
    title: 'FM2, FM55: two containers of one image in one project',
    kind: { policy: 'unless-stopped', companions: ['twin'] },
  },
  {
    title: 'FM2, FM47: a container, who is linked to it, and who borrows its volumes',
    kind: { policy: 'always', companions: ['linked', 'borrower'] },
  },
  {
    title: 'FM2, FM11: a container that the engine removes as it stops',
    kind: { policy: '--rm' },
    mustRemember: true,
  },
];

/** Those that are shown with an image that fails as well. */
const rolledBack = full ? plays : plays.filter((_, at) => at % 2 === 1);

const cleanUp: Play = {
  title: 'FM2, FM60: a container whose old image is being removed',
  kind: { policy: 'always' },
  words: ['update', '--cleanup', '--rollback-grace', '0s'],
  from: /DELETE .images/,
};

describe('Belfry, killed in the middle and run again, leaves whole', { concurrency: 1 }, () => {
  let stage: Stage;
  before(async () => {
    stage = await openEnvironment();
  });
  after(() => stage.close());

  for (const bad of [false, true]) {
    const image = bad ? 'fails' : 'works';
    for (const play of bad ? rolledBack : [...plays, cleanUp]) {
      test(`${play.title}, with a new image that ${image}`, async (t) => {
        const kind = { ...play.kind, bad };
        const tries = triesOf(play, await record(stage, kind, play.words), bad);
        const found = await mapLimited(tries, 3, async (one) => killBelfry(stage, { ...play, ...one, kind }));
        t.diagnostic(`kill matrix: ${tries.length} points`);
        assertNone(found);
      });
    }
  }
});

interface Try {
  readonly point: Point;
  readonly sequel: Sequel;
}

/** Around each change, with and without the state folder; unless in full, a few of the states in between. */
function triesOf({ from, mustRemember }: Play, points: readonly Point[], bad: boolean): readonly Try[] {
  const first = from ?? (bad ? firstStart : /./);
  const wanted = full ? points.filter(changesSomething) : statesAmong(points);
  const tries = since(wanted, first).flatMap((point, at) =>
    (mustRemember ? [true] : [true, false]).map((remembers): Try => {
      return {
        point,
        sequel: { command: (at + Math.floor(at / 2) + Number(remembers)) % 2 === 0 ? 'recover' : 'update', remembers },
      };
    }),
  );
  return full ? tries : tries.filter((_, at) => at % thinned === 1);
}

const thinned = 21;
