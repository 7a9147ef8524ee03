import type { JournalRecord, Told } from '../record.ts';
import { keyOf, remember } from './bounded.ts';

/** The last that an instance was told about a container in one respect. */
export interface LastTold {
  readonly candidate: string | null;
  readonly time: string;
  /** How often it was told the same before. */
  readonly times: number;
}

/** A failure that an instance knows of and has not heard the end of. */
export interface Trouble {
  /** The youngest record that told of it. */
  readonly seq: number;
  /** Since when it has been failing, ISO 8601. */
  readonly time: string;
  /** When the instance was told last, ISO 8601. */
  readonly told: string;
  /** Where it only cannot be checked: as what that was told; else null. */
  readonly unchecked: string | null;
}

/** Something is wrong with a container, or it cannot be checked: the end of one is not that of the other. */
export type TroubleKind = 'failed' | 'unchecked';

export const troubleKinds: readonly TroubleKind[] = ['failed', 'unchecked'];

/** The kinds of trouble that begin or end with what an instance is told; an update that fails was checked before. */
export function troublesIn({ as, candidate }: Pick<Told, 'as' | 'candidate'>): {
  readonly begun: readonly TroubleKind[];
  readonly over: readonly TroubleKind[];
} {
  if (as === 'failed') return candidate === undefined ? { begun: ['failed'], over: ['unchecked'] } : unchecked;
  if (as === 'recovered') return { begun: [], over: candidate === undefined ? troubleKinds : ['unchecked'] };
  return { begun: [], over: [] };
}

const unchecked = { begun: ['unchecked'], over: [] } as const;

interface Entry extends LastTold {
  readonly instance: string;
  readonly as: 'available' | 'held' | TroubleKind | 'over';
  readonly name: string;
  readonly seq: number;
  readonly newest: number;
  readonly told: string;
}

const mostEntries = 20_000;

/** What each instance has been told of each container, so that it is not told the same in every cycle. */
export function foldTold() {
  const entries = new Map<string, Entry>();
  return {
    lastTold: (instance: string, as: 'available' | 'held', name: string): LastTold | undefined =>
      entries.get(keyOf(instance, as, name)),
    troubles: (instance: string, kind: TroubleKind): ReadonlyMap<string, Trouble> =>
      new Map(
        [...entries.values()]
          .filter((entry) => entry.instance === instance && entry.as === kind)
          .map(({ name, newest, time, told, candidate }) => [name, { seq: newest, time, told, unchecked: candidate }]),
      ),
    apply(record: JournalRecord): void {
      if (record.kind !== 'delivery') return;
      const { instance, time, seq, covers = [], tells = [] } = record;
      const newest = Math.max(0, ...covers);
      for (const tell of tells) {
        const { as, name, candidate = null, times = 0, since = time } = tell;
        const entry = { instance, name, candidate, times, time: since, seq, newest, told: time };
        const set = (place: string, as: Entry['as']) =>
          remember(entries, keyOf(instance, place, name), { ...entry, as }, mostEntries);
        if (as === 'available' || as === 'held') set(as, as);
        const { begun, over } = troublesIn(tell);
        for (const kind of begun) set(kind, kind);
        // The end of a failure takes its place, so that the failure does not come back where only this is kept.
        for (const kind of over) set(kind, 'over');
      }
    },
    needs: (keep: (instance: string, lastHeard: string) => boolean): readonly number[] =>
      [...entries.values()].filter(({ instance, time }) => keep(instance, time)).map(({ seq }) => seq),
  };
}
