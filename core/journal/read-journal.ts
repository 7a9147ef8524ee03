import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../errors/app-error.ts';
import { createFold } from './fold.ts';
import type { JournalReader } from './port.ts';
import type { JournalRecord } from './record.ts';
import { scan } from './scan.ts';
import { readLines } from './segment.ts';
import { createSnapshots } from './snapshots.ts';

/** Reads a journal that another Belfry may be writing to. A folder without one reads as empty. */
export async function readJournal(folder: string): Promise<JournalReader> {
  const path = join(folder, 'journal.jsonl');
  const found = await withFile(path, async (file, size) => scan(file, size, ''));
  return {
    memory: found?.fold.memory ?? createFold().memory,
    last: found?.last ?? 0,
    unreadable: found?.unreadable ?? 0,
    read: (after) => readAfter(path, after),
    loadSnapshot: createSnapshots(folder).load,
  };
}

async function* readAfter(path: string, after: number): AsyncGenerator<JournalRecord> {
  const file = await openIfThere(path);
  if (file === undefined) return;
  try {
    const { size } = await file.stat();
    for await (const { record } of readLines(file, 0, size)) {
      if (record !== undefined && record.seq > after) yield record;
    }
  } finally {
    await file.close();
  }
}

async function withFile<Result>(path: string, work: (file: FileHandle, size: number) => Promise<Result>) {
  const file = await openIfThere(path);
  if (file === undefined) return undefined;
  try {
    const { size } = await file.stat();
    return await work(file, size);
  } finally {
    await file.close();
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new AppError('JOURNAL_FAILED', cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
