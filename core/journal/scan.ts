import type { FileHandle } from 'node:fs/promises';
import { createFold, type Fold } from './fold.ts';
import type { JournalRecord } from './record.ts';
import { readLines } from './segment.ts';

/** What one pass over a segment tells. */
export interface Scan {
  readonly fold: Fold;
  /** The highest `seq` that may ever have been given out. */
  readonly last: number;
  /** The `seq` of the last record that can be read; 0 where there is none. */
  readonly newest: number;
  readonly unreadable: number;
  /** Where to begin reading, about every 64 KiB: `seq` is the first record at or after the offset. */
  readonly marks: Mark[];
  readonly snapshots: ReadonlySet<string>;
  /** The first record that is younger than the history that is kept. */
  readonly firstYoung: number | undefined;
}

export interface Mark {
  readonly seq: number;
  readonly offset: number;
}

const markDistance = 65_536;

/** Reads a segment from its beginning to `size`; `young` is the ISO time from which on history is kept. */
export async function scan(file: FileHandle, size: number, young: string): Promise<Scan> {
  const fold = createFold();
  const marks: Mark[] = [];
  const snapshots = new Set<string>();
  let last = 0;
  let newest = 0;
  let unreadable = 0;
  let firstYoung: number | undefined;
  for await (const { record, start } of readLines(file, 0, size)) {
    // A line that has become unreadable may have been acknowledged: its number is not given out again.
    last += 1;
    if (record === undefined) {
      unreadable += 1;
      continue;
    }
    newest = Math.max(newest, record.seq);
    last = Math.max(last, newest);
    fold.apply(record);
    addMark(marks, { seq: record.seq, offset: start });
    if (record.kind === 'intent') snapshots.add(record.snapshot);
    if (firstYoung === undefined && timeOf(record) >= young) firstYoung = record.seq;
  }
  return { fold, last, newest, unreadable, marks, snapshots, firstYoung };
}

export function addMark(marks: Mark[], mark: Mark): void {
  const previous = marks.at(-1);
  if (previous === undefined || mark.offset - previous.offset >= markDistance) marks.push(mark);
}

/** The offset of the nearest mark from which on every record after `seq` is found. */
export const offsetAfter = (marks: readonly Mark[], seq: number): number =>
  marks.findLast((mark) => mark.seq <= seq)?.offset ?? 0;

const timeOf = (record: JournalRecord): string => (record.kind === 'event' ? record.event.time : record.time);
