import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../errors/app-error.ts';
import { compact, historyFrom } from './compact.ts';
import { syncFolder } from './durable.ts';
import { createLineWriter, type LineWriter } from './line-writer.ts';
import type { Journal } from './port.ts';
import type { JournalEntry, JournalRecord } from './record.ts';
import { addMark, offsetAfter, type Scan, scan } from './scan.ts';
import { lineOf, readLines } from './segment.ts';
import { createSnapshots } from './snapshots.ts';

export interface JournalOptions {
  readonly now: () => Date;
  /** The configured notifier instances: what they have not dealt with is never compacted away. */
  readonly instances?: readonly string[];
  /** Bytes above which a journal is compacted as it is opened. */
  readonly compactAbove?: number;
}

const defaultCompactAbove = 8 * 1024 * 1024;

/** Opens the journal of a state folder for writing; the caller holds the folder's lock. Throws JOURNAL_FAILED. */
export async function openJournal(folder: string, options: JournalOptions): Promise<Journal> {
  const path = join(folder, 'journal.jsonl');
  try {
    const { file, size, found } = await openSegment(path, options);
    const snapshots = createSnapshots(folder);
    await snapshots.prune(found.snapshots);
    return createJournal({ file, found, snapshots, writer: createLineWriter(file, size) });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('JOURNAL_FAILED', `${path}: ${reason}`, { cause });
  }
}

interface Segment {
  readonly file: FileHandle;
  readonly size: number;
  readonly found: Scan;
}

async function openSegment(path: string, options: JournalOptions): Promise<Segment> {
  // "a" creates the file where it is missing; writing at a place of one's choice needs "r+".
  await (await open(path, 'a', 0o600)).close();
  const file = await open(path, 'r+');
  try {
    await file.chmod(0o600);
    const size = await endLastLine(file);
    await syncFolder(join(path, '..'));
    const now = options.now();
    const found = await scan(file, size, historyFrom(now));
    if (size <= (options.compactAbove ?? defaultCompactAbove)) return { file, size, found };
    // A disk too full for the new segment is no reason to do without the old one.
    const compacted = await compact(path, file, found, { now, instances: options.instances }).catch(() => false);
    if (!compacted) return { file, size, found };
  } catch (error) {
    await file.close();
    throw error;
  }
  await file.close();
  return openSegment(path, { ...options, compactAbove: Number.POSITIVE_INFINITY });
}

/** A process that died in the middle of a line left it without its end. */
async function endLastLine(file: FileHandle): Promise<number> {
  const { size } = await file.stat();
  if (size === 0) return 0;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  if (buffer.toString() === '\n') return size;
  await file.write('\n', size);
  await file.datasync();
  return size + 1;
}

interface Parts {
  readonly file: FileHandle;
  readonly writer: LineWriter;
  readonly found: Scan;
  readonly snapshots: ReturnType<typeof createSnapshots>;
}

function createJournal({ file, writer, found, snapshots }: Parts): Journal {
  const { fold, marks, unreadable } = found;
  const listeners = new Set<(record: JournalRecord) => void>();
  let given = found.last;
  let last = found.last;
  let closed = false;

  async function append(entry: JournalEntry): Promise<JournalRecord> {
    if (closed) throw new AppError('JOURNAL_FAILED', 'the journal is closed');
    given += 1; // Also where the append fails: a number is never given out twice.
    const record = { ...entry, seq: given };
    const offset = await writer.append(lineOf(record));
    last = record.seq;
    fold.apply(record);
    addMark(marks, { seq: record.seq, offset });
    for (const listener of [...listeners]) listener(record);
    return record;
  }

  async function* read(after: number) {
    for await (const { record } of readLines(file, offsetAfter(marks, after), writer.size)) {
      if (record !== undefined && record.seq > after) yield record;
    }
  }

  return {
    durable: true,
    memory: fold.memory,
    get last() {
      return last;
    },
    unreadable,
    append,
    read,
    onAppend(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    saveSnapshot: snapshots.save,
    loadSnapshot: snapshots.load,
    async close() {
      closed = true;
      await writer.drained();
      await file.close();
    },
  };
}
