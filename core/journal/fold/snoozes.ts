import type { JournalRecord } from '../record.ts';
import { remember } from './bounded.ts';

/** Until when someone wants to hear nothing from an instance. */
export function foldSnoozes() {
  const snoozes = new Map<string, { readonly until: string; readonly seq: number }>();
  return {
    snoozedUntil: (instance: string): string | undefined => snoozes.get(instance)?.until,
    apply(record: JournalRecord): void {
      if (record.kind !== 'order' || record.order !== 'snooze') return;
      remember(snoozes, record.instance, { until: record.until, seq: record.seq });
    },
    needs: (keep: (instance: string, lastHeard: string) => boolean): readonly number[] =>
      [...snoozes].filter(([instance, { until }]) => keep(instance, until)).map(([, { seq }]) => seq),
  };
}
