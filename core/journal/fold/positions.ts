import type { JournalRecord } from '../record.ts';
import { remember } from './bounded.ts';

interface Position {
  readonly through: number;
  readonly time: string;
  readonly seq: number;
}

/** How far each notifier instance has come. */
export function foldPositions() {
  const positions = new Map<string, Position>();
  return {
    position: (instance: string): number | undefined => positions.get(instance)?.through,
    apply(record: JournalRecord): void {
      if (record.kind !== 'intake' && record.kind !== 'delivery') return;
      const { instance, time, seq } = record;
      const through = record.kind === 'intake' ? record.after : record.through;
      remember(positions, instance, { through, time, seq });
    },
    needs: (keep: (instance: string, lastHeard: string) => boolean): readonly number[] =>
      [...positions].filter(([instance, { time }]) => keep(instance, time)).map(([, { seq }]) => seq),
  };
}
