import type { JournalRecord } from '../record.ts';
import { remember } from './bounded.ts';

/** The last that an instance was sent; `intake` where it has only been there since, and was sent nothing. */
export interface LastWord {
  readonly as: 'intake' | 'message' | 'all-quiet';
  readonly time: string;
}

interface Entry extends LastWord {
  readonly seq: number;
  /** The id of what says that all is quiet. */
  readonly message: string | null;
}

/** When each instance was sent something last: where that is long ago, it may want to hear that all is quiet. */
export function foldLastWords() {
  const words = new Map<string, Entry>();
  return {
    lastWord: (instance: string): LastWord | undefined => words.get(instance),
    apply(record: JournalRecord): void {
      if (record.kind !== 'intake' && record.kind !== 'delivery' && record.kind !== 'all-quiet') return;
      const { instance, time, seq } = record;
      const known = words.get(instance);
      if (record.kind === 'all-quiet') {
        remember(words, instance, { as: record.kind, time, seq, message: record.message });
      } else if (record.kind === 'delivery' && record.outcome !== 'superseded') {
        if (known?.message !== record.message) remember(words, instance, { as: 'message', time, seq, message: null });
      } else if (known === undefined) remember(words, instance, { as: 'intake', time, seq, message: null });
    },
    needs: (keep: (instance: string, lastHeard: string) => boolean): readonly number[] =>
      [...words].filter(([instance, { time }]) => keep(instance, time)).map(([, { seq }]) => seq),
  };
}
