import { type FileHandle, open, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from './durable.ts';
import { createFold } from './fold.ts';
import type { Scan } from './scan.ts';
import { readLines } from './segment.ts';

const day = 86_400_000;
const historyDays = 90;
const strangerDays = 30;

export interface CompactOptions {
  readonly now: Date;
  /** The notifier instances that are configured; undefined keeps what any may need. */
  readonly instances?: readonly string[] | undefined;
}

export const historyFrom = (now: Date): string => daysBefore(now, historyDays);

const daysBefore = (now: Date, days: number) => new Date(now.getTime() - days * day).toISOString();

/**
 * Writes the segment anew without its old history, and puts it in the old one's place. Everything stays from 90 days
 * ago, from the first message that a configured instance has not dealt with, or from the first cycle that did not
 * finish, whichever is older; and of what is before that, every record that the memory rests on. Resolves with false
 * where that would not be worth it.
 */
export async function compact(path: string, file: FileHandle, found: Scan, options: CompactOptions): Promise<boolean> {
  const { size } = await file.stat();
  const cutoff = firstKept(found, options);
  const { needed, past } = await neededBefore(cutoff, file, size, options);
  // What goes must be a good part of the whole, else every start would write everything anew.
  if (past < size / 4) return false;
  const fresh = `${path}.new`;
  try {
    await write(fresh, keptLines(file, size, { cutoff, needed }));
    await rename(fresh, path);
    await syncFolder(join(path, '..'));
    return true;
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}

/** Everything from this `seq` on is kept. */
function firstKept({ fold, firstYoung, newest }: Scan, { instances = [] }: CompactOptions): number {
  const unread = instances.map((instance) => (fold.memory.position(instance) ?? newest) + 1);
  return Math.min(firstYoung ?? newest, newest, fold.unfinishedFrom() ?? newest, ...unread);
}

// Needed is what the memory rested on *at the cutoff*: with the same memory there, the rest leads to the same end.
async function neededBefore(cutoff: number, file: FileHandle, size: number, { now, instances }: CompactOptions) {
  const fold = createFold();
  let past = 0;
  for await (const { record, end } of readLines(file, 0, size)) {
    if (record !== undefined && record.seq >= cutoff) break;
    if (record !== undefined) fold.apply(record);
    past = end;
  }
  const stillHeard = daysBefore(now, strangerDays);
  const needed = fold.needs(
    (instance, lastHeard) => instances === undefined || instances.includes(instance) || lastHeard >= stillHeard,
  );
  return { needed, past };
}

interface Kept {
  readonly cutoff: number;
  readonly needed: ReadonlySet<number>;
}

// From the cutoff on also what cannot be read: its numbers may have been given out.
async function* keptLines(file: FileHandle, size: number, { cutoff, needed }: Kept): AsyncGenerator<Buffer> {
  let past = false;
  for await (const { record, bytes } of readLines(file, 0, size)) {
    past ||= record !== undefined && record.seq >= cutoff;
    if (past || (record !== undefined && needed.has(record.seq))) yield bytes;
  }
}

async function write(path: string, lines: AsyncIterable<Buffer>): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await writeFile(file, inBatches(lines));
    await file.sync();
  } finally {
    await file.close();
  }
}

const batchSize = 262_144;

async function* inBatches(lines: AsyncIterable<Buffer>) {
  let batch: Buffer[] = [];
  let length = 0;
  for await (const line of lines) {
    batch.push(line);
    length += line.length;
    if (length < batchSize) continue;
    yield Buffer.concat(batch);
    batch = [];
    length = 0;
  }
  yield Buffer.concat(batch);
}
