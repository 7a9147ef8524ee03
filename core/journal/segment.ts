import type { FileHandle } from 'node:fs/promises';
import type { JournalEntry, JournalRecord } from './record.ts';

/** One whole line of a segment and the bytes it covers, its newline included. */
export interface Line {
  /** Undefined where the line is no record Belfry knows. */
  readonly record: JournalRecord | undefined;
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

const chunkSize = 65_536;
const newline = 0x0a;

/** The whole lines between two offsets, of which the first begins one. Holds one line and one chunk at a time. */
export async function* readLines(file: FileHandle, from: number, to: number): AsyncGenerator<Line> {
  const chunk = Buffer.allocUnsafe(chunkSize);
  let pieces: Buffer[] = [];
  let start = from;
  for (let position = from; position < to; ) {
    const { bytesRead } = await file.read(chunk, 0, Math.min(chunkSize, to - position), position);
    if (bytesRead === 0) return;
    const fresh = chunk.subarray(0, bytesRead);
    let begin = 0;
    for (let at = fresh.indexOf(newline); at !== -1; at = fresh.indexOf(newline, begin)) {
      const bytes = Buffer.concat([...pieces, fresh.subarray(begin, at + 1)]);
      yield { record: parse(bytes), bytes, start, end: start + bytes.length };
      pieces = [];
      start += bytes.length;
      begin = at + 1;
    }
    if (begin < bytesRead) pieces.push(Buffer.from(fresh.subarray(begin)));
    position += bytesRead;
  }
}

export function lineOf(record: JournalRecord): string {
  const { seq, kind, ...rest } = record;
  return `${JSON.stringify({ seq, kind, ...rest })}\n`;
}

const required: { readonly [Kind in JournalEntry['kind']]: readonly string[] } = {
  event: ['event'],
  intent: ['time', 'cycle', 'workload', 'from', 'to', 'snapshot'],
  intake: ['time', 'instance', 'after'],
  outgoing: ['time', 'instance', 'message', 'covers', 'until'],
  attempt: ['time', 'instance', 'message', 'attempts', 'why', 'until'],
  delivery: ['time', 'instance', 'message', 'through', 'outcome'],
  'all-quiet': ['time', 'instance', 'message', 'since'],
  order: ['time', 'instance', 'order'],
  approval: ['time', 'workload', 'from', 'to', 'verdict'],
};

function parse(bytes: Buffer): JournalRecord | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is JournalRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { seq, kind, event } = value as Record<string, unknown>;
  if (!Number.isSafeInteger(seq) || typeof kind !== 'string' || !Object.hasOwn(required, kind)) return false;
  if (kind === 'event') return typeof event === 'object' && event !== null && 'type' in event;
  return required[kind as JournalEntry['kind']].every((field) => field in value);
}
