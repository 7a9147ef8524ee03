import type { CreateSpec } from '../engine/port.ts';
import type { ReportItem, Trigger } from '../events.ts';
import type { IntentRecord, JournalEntry, JournalRecord } from './record.ts';

/** What the core remembers, folded from the records. Kept in memory, so it holds no history. */
export interface Memory {
  /** The digest that failed last for a container and reference, if nothing newer has run since. */
  rejected(container: string, reference: string): string | undefined;
  /** When this digest was first seen under this reference, ISO 8601. */
  firstSeen(reference: string, digest: string): string | undefined;
  /** Replacements that began and have no ending yet. */
  openIntents(): readonly IntentRecord[];
  /** Cycles that started and did not finish, with what is known of them. */
  openCycles(): readonly OpenCycle[];
  /** The last `seq` a notifier instance has dealt with; undefined for one never seen. */
  position(instance: string): number | undefined;
}

export interface OpenCycle {
  readonly cycle: string;
  readonly trigger: Trigger;
  readonly dryRun: boolean;
  readonly startedAt: string;
  readonly items: readonly ReportItem[];
  readonly upToDate: number;
}

/** A container's settings as they were before a replacement: enough to make it again. */
export interface Snapshot {
  readonly name: string;
  readonly imageId: string;
  readonly spec: CreateSpec;
}

/** The append-only log: the one truth. */
export interface Journal {
  /** False where no folder can be written: records then live in memory only. */
  readonly durable: boolean;
  readonly memory: Memory;
  /** The `seq` of the last record. */
  readonly last: number;
  /** Resolves when the record is on disk. Throws JOURNAL_FAILED; then nothing was appended. */
  append(entry: JournalEntry): Promise<JournalRecord>;
  /** Whole records after a `seq`, oldest first. */
  read(after: number): AsyncIterable<JournalRecord>;
  /** Calls back after every append, until the returned function is called. */
  onAppend(listener: (record: JournalRecord) => void): () => void;
  /** Writes a container's settings to a file of its own (mode 0600, fsynced): they may hold secrets. */
  saveSnapshot(snapshot: Snapshot): Promise<string>;
  loadSnapshot(name: string): Promise<Snapshot | undefined>;
  close(): Promise<void>;
}
