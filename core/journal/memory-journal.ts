import { randomUUID } from 'node:crypto';
import { remember } from './fold/bounded.ts';
import { createFold } from './fold.ts';
import type { Journal, Snapshot } from './port.ts';
import type { JournalRecord } from './record.ts';

const keptRecords = 10_000;
const keptSnapshots = 100;

/** A journal for a Belfry without a state folder: it forgets everything as the process ends, and old records before. */
export function memoryJournal(): Journal {
  const fold = createFold();
  const listeners = new Set<(record: JournalRecord) => void>();
  const snapshots = new Map<string, Snapshot>();
  const records: JournalRecord[] = [];
  let last = 0;

  async function* read(after: number) {
    const until = last;
    for (let next = after + 1; next <= until; ) {
      const record = records[Math.max(0, next - (records[0]?.seq ?? next))];
      if (record === undefined || record.seq > until) return;
      yield record;
      next = record.seq + 1;
    }
  }

  return {
    durable: false,
    memory: fold.memory,
    get last() {
      return last;
    },
    unreadable: 0,
    async append(entry) {
      last += 1;
      const record = { ...entry, seq: last };
      records.push(record);
      // In one cut now and then, because a cut moves all the rest.
      if (records.length > 2 * keptRecords) records.splice(0, records.length - keptRecords);
      fold.apply(record);
      for (const listener of [...listeners]) listener(record);
      return record;
    },
    read,
    onAppend(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async saveSnapshot(snapshot) {
      const name = randomUUID();
      remember(snapshots, name, snapshot, keptSnapshots);
      return name;
    },
    loadSnapshot: async (name) => snapshots.get(name),
    async close() {},
  };
}
