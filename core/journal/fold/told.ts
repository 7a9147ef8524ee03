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

interface Entry extends LastTold {
  readonly instance: string;
  readonly as: Told['as'];
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
    troubles: (instance: string): ReadonlyMap<string, Trouble> =>
      new Map(
        [...entries.values()]
          .filter((entry) => entry.instance === instance && entry.as === 'failed')
          .map(({ name, newest, time, told, candidate }) => [name, { seq: newest, time, told, unchecked: candidate }]),
      ),
    apply(record: JournalRecord): void {
      if (record.kind !== 'delivery') return;
      const { instance, time, seq, covers = [], tells = [] } = record;
      const newest = Math.max(0, ...covers);
      for (const { as, name, candidate = null, times = 0, since = time } of tells) {
        // The end of a failure takes its place, so that the failure does not come back where only this is kept.
        const key = keyOf(instance, as === 'recovered' ? 'failed' : as, name);
        remember(
          entries,
          key,
          { instance, as, name, candidate, times, time: since, seq, newest, told: time },
          mostEntries,
        );
      }
    },
    needs: (keep: (instance: string, lastHeard: string) => boolean): readonly number[] =>
      [...entries.values()].filter(({ instance, time }) => keep(instance, time)).map(({ seq }) => seq),
  };
}
