import type { IntentRecord, JournalRecord } from '../record.ts';
import { keyOf, remember } from './bounded.ts';

/**
 * Replacements that began and have no ending yet, those that left their workload down, and the records of the last
 * one that succeeded for each container.
 */
export function foldReplacements() {
  const open = new Map<string, IntentRecord & { readonly seq: number }>();
  const down = new Map<string, { readonly intent: IntentRecord; readonly seqs: readonly number[] }>();
  const last = new Map<string, readonly number[]>();
  return {
    openIntents: (): readonly IntentRecord[] => [...open.values()],
    downIntents: (): readonly IntentRecord[] => [...down.values()].map(({ intent }) => intent),
    apply(record: JournalRecord): void {
      if (record.kind === 'intent') remember(open, keyOf(record.cycle, record.workload.name), record);
      if (record.kind === 'event' && record.event.type === 'recovered') down.delete(record.event.workload.name);
      if (record.kind !== 'event' || !('ending' in record.event) || !record.event.workload) return;
      const { type, cycle, workload } = record.event;
      const key = keyOf(cycle, workload.name);
      const intent = open.get(key);
      open.delete(key);
      const isDown = record.event.type === 'failed' && record.event.outcome === 'down';
      if (!isDown) down.delete(workload.name);
      else if (intent) remember(down, workload.name, { intent, seqs: [intent.seq, record.seq] });
      // A rollback finds the image and the settings to go back to in these two.
      if (type === 'recreated') remember(last, workload.name, [...(intent ? [intent.seq] : []), record.seq]);
    },
    needs: (): readonly number[] => [
      ...[...open.values()].map(({ seq }) => seq),
      ...[...down.values()].flatMap(({ seqs }) => seqs),
      ...[...last.values()].flat(),
    ],
  };
}
