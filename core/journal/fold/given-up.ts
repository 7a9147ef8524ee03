import type { JournalRecord } from '../record.ts';
import { keyOf, remember } from './bounded.ts';

/** A message that could not be delivered, and is kept in case someone wants it tried again. */
export interface GivenUp {
  readonly instance: string;
  readonly message: string;
  readonly covers: readonly number[];
  readonly time: string;
  readonly attempts: number;
  readonly why: string;
}

type Entry = GivenUp & { readonly seq: number; readonly state: 'given-up' | 'retried' | 'dropped' };

const mostEntries = 500;

/** Messages that were given up, until they are dropped or delivered after all. */
export function foldGivenUp() {
  const entries = new Map<string, Entry>();
  return {
    givenUp: (): readonly GivenUp[] =>
      [...entries.values()]
        .filter(({ state }) => state === 'given-up')
        .map(({ seq: _, state: __, ...message }) => message),
    apply(record: JournalRecord): void {
      if (record.kind !== 'delivery' && (record.kind !== 'order' || !('message' in record))) return;
      const { instance, message, time, seq } = record;
      const key = keyOf(instance, message);
      const blank = { instance, message, covers: [], time, attempts: 0, why: '' };
      if (record.kind === 'delivery') {
        entries.delete(key);
        if (record.outcome !== 'given-up') return;
        const { covers = [], attempts = 0, why = '' } = record;
        remember(entries, key, { ...blank, covers, attempts, why, seq, state: 'given-up' }, mostEntries);
      } else if (record.order === 'retry') {
        remember(entries, key, { ...blank, covers: record.covers, seq, state: 'retried' }, mostEntries);
      } else if (record.order === 'drop') {
        // Kept, because the record that gave it up may be kept for another reason and would bring it back.
        remember(entries, key, { ...blank, seq, state: 'dropped' }, mostEntries);
      }
    },
    // Not what they are made of: a failure that is over by now would come back with it.
    needs: (keep: (instance: string, lastHeard: string) => boolean): readonly number[] =>
      [...entries.values()].filter(({ instance, time }) => keep(instance, time)).map(({ seq }) => seq),
  };
}
