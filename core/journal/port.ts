import type { Approval } from '../decisions.ts';
import type { CreateSpec } from '../engine/port.ts';
import type { ImageVersion, ReportItem, Trigger, Workload } from '../events.ts';
import type { GivenUp } from './fold/given-up.ts';
import type { LastWord } from './fold/last-words.ts';
import type { LastTold, Trouble, TroubleKind } from './fold/told.ts';
import type { IntentRecord, JournalEntry, JournalRecord } from './record.ts';

/** What the core remembers, folded from the records. Kept in memory, so it holds no history. */
export interface Memory {
  /** The digest that failed last for a container and reference, if no update has succeeded since. */
  rejected(container: string, reference: string): string | undefined;
  /** Whether it did not fail, but somebody rolled back from it. */
  leftByHand(container: string, reference: string): boolean;
  /** When this digest was first seen under this reference, ISO 8601. */
  firstSeen(reference: string, digest: string): string | undefined;
  /** Replacements that began and have no ending yet. */
  openIntents(): readonly IntentRecord[];
  /** Replacements that ended with their workload down, which has not come up since. */
  downIntents(): readonly IntentRecord[];
  /** Images that updates left behind and no update has taken up again, oldest first; some may be gone by now. */
  leftBehind(): readonly LeftBehind[];
  /** Cycles that started and did not finish, with what is known of them. */
  openCycles(): readonly OpenCycle[];
  /** The last `seq` a notifier instance has dealt with; undefined for one never seen. */
  position(instance: string): number | undefined;
  /** What an instance was told last of a container's newer image; undefined for nothing. */
  lastTold(instance: string, as: 'available' | 'held', name: string): LastTold | undefined;
  /** The failures of a kind that an instance was told of and has not heard the end of, by container. */
  troubles(instance: string, kind: TroubleKind): ReadonlyMap<string, Trouble>;
  /** Messages that could not be delivered and wait for someone to decide, oldest first. */
  givenUp(): readonly GivenUp[];
  /** Until when an instance is to send nothing, ISO 8601; it may have passed. */
  snoozedUntil(instance: string): string | undefined;
  /** The last that an instance was sent; undefined for one never seen. */
  lastWord(instance: string): LastWord | undefined;
  /** Since when no check of a container has come to an answer, ISO 8601; undefined where the last one has. */
  uncheckedSince(workload: Pick<Workload, 'name' | 'image'>): string | undefined;
  /** What somebody said last of this very image for a container. */
  approval(container: string, image: Pick<ImageVersion, 'reference' | 'digest' | 'imageId'>): Approval | undefined;
}

export interface LeftBehind {
  readonly imageId: string;
  /** The reference that the container had it by, and its digest there where it is known. */
  readonly reference: string;
  readonly digest: string | null;
  /** The workload whose update left it behind, and when, ISO 8601; the last one where there were several. */
  readonly workload: Workload;
  readonly replacedAt: string;
  /** When it became what a container ran before its last update; null where it is that of none. */
  readonly previousSince: string | null;
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

/** The append-only log, for those who only read it: they never write, recover or lock anything. */
export interface JournalReader {
  readonly memory: Memory;
  /** The `seq` of the last record. */
  readonly last: number;
  /** How many lines could not be read and were passed over. */
  readonly unreadable: number;
  /** Whole records after a `seq`, oldest first, up to the last one there is as the reading begins. */
  read(after: number): AsyncIterable<JournalRecord>;
  /** Undefined where there is none by that name. */
  loadSnapshot(name: string): Promise<Snapshot | undefined>;
}

/** The append-only log: the one truth. */
export interface Journal extends JournalReader {
  /** False where no folder can be written: records then live in memory only. */
  readonly durable: boolean;
  /** Resolves when the record is on disk. Throws JOURNAL_FAILED; then nothing was appended. */
  append(entry: JournalEntry): Promise<JournalRecord>;
  /** Calls back after every append, until the returned function is called. */
  onAppend(listener: (record: JournalRecord) => void): () => void;
  /**
   * Writes a container's settings to a file of its own (mode 0600, fsynced), because they may hold secrets, and
   * resolves with its name. It lives as long as an intent refers to it.
   */
  saveSnapshot(snapshot: Snapshot): Promise<string>;
  close(): Promise<void>;
}
