import type { FaultFor } from '../kit/fault-proxy.ts';

type Call = Parameters<FaultFor>[0];
type Phase = 'before' | 'after';

/**
 * A place in the engine calls of a replacement, from the one that moves the tag on. A process may look any number of
 * times between two changes, so a place is counted in changes, and in looks since the last one.
 */
export interface Point {
  readonly changes: number;
  readonly looks: number;
  readonly phase: Phase;
  /** `after change 3, POST /containers/…/stop` */
  readonly words: string;
}

/** Looks between the same two changes find the same engine: the first ones of each stretch stand for all. */
const looksTried = 2;

/** Every point of a replacement whose calls were recorded, up to its last change. */
export function pointsOf(calls: readonly Call[]): readonly Point[] {
  const place = createPlaces();
  const placed = calls.flatMap((call) => {
    const found = place(call);
    return found === undefined ? [] : [{ ...found, call }];
  });
  const last = placed.at(-1)?.changes ?? 0;
  return placed
    .filter(({ changes, looks }) => looks <= looksTried && (changes < last || looks === 0))
    .flatMap(({ changes, looks, call }) =>
      (['before', 'after'] as const).map((phase) => ({ changes, looks, phase, words: words(call, phase, changes) })),
    );
}

/** A fault that breaks off the call at a point, once `first` is done; all others pass. */
export function breakAt(point: Point, first: () => Promise<void>): FaultFor {
  const place = createPlaces();
  return (call) => {
    const found = place(call);
    const here = found?.changes === point.changes && found.looks === point.looks;
    return here ? { do: 'cut', when: point.phase, first } : undefined;
  };
}

/** One for each state that the engine passes through, as far as calls change it. */
export const statesAmong = (points: readonly Point[]): readonly Point[] =>
  points.filter((point) => point.phase === 'after' && changesSomething(point));

/** From the first call that fits on; throws where there is none. */
export function since(points: readonly Point[], call: RegExp): readonly Point[] {
  const first = points.findIndex(({ words }) => call.test(words));
  if (first < 0) throw new Error(`no call fits ${call}`);
  return points.slice(first);
}

/** Until then it makes no difference whether a new image works. */
export const firstStart = /POST \/containers\/.*\/start/;

export const changesSomething = ({ looks }: Point): boolean => looks === 0;

function createPlaces() {
  let changes = 0;
  let looks = 0;
  return ({ method, path }: Call) => {
    const begins = method === 'POST' && path.endsWith('/tag');
    if (changes === 0 && !begins) return undefined;
    if (method === 'GET') looks += 1;
    else [changes, looks] = [changes + 1, 0];
    return { changes, looks };
  };
}

function words({ method, path }: Call, phase: Phase, changes: number): string {
  return `${phase} ${method} ${path.replace(/[0-9a-f]{64}/, '…')} (change ${changes})`;
}
