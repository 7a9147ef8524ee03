import type { FileHandle } from 'node:fs/promises';
import { AppError } from '../errors/app-error.ts';

/** Adds whole lines to the end of a file. */
export interface LineWriter {
  /** The bytes that are safely on disk. */
  readonly size: number;
  /** Resolves with the line's first byte once it is on disk; lines that wait together share one sync. */
  append(line: string): Promise<number>;
  /** Resolves when nothing waits any more. */
  drained(): Promise<void>;
}

export type WritableFile = Pick<FileHandle, 'write' | 'datasync' | 'truncate'>;

interface Waiting {
  readonly bytes: Buffer;
  readonly resolve: (start: number) => void;
  readonly reject: (error: AppError) => void;
}

/** After a failure (JOURNAL_FAILED) the file is cut back to its last whole line, so nothing half-written stays. */
export function createLineWriter(file: WritableFile, initialSize: number): LineWriter {
  let size = initialSize;
  let torn = false;
  let waiting: Waiting[] = [];
  let running: Promise<void> | undefined;

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      await write(batch);
    }
    running = undefined;
  }

  async function write(batch: readonly Waiting[]): Promise<void> {
    try {
      if (torn) await mend();
      await writeAll(Buffer.concat(batch.map(({ bytes }) => bytes)), size);
      await file.datasync();
    } catch (cause) {
      torn = true;
      await mend().catch(() => {}); // Tried again before the next line.
      const reason = cause instanceof Error ? cause.message : String(cause);
      for (const { reject } of batch) reject(new AppError('JOURNAL_FAILED', reason, { cause }));
      return;
    }
    for (const { bytes, resolve } of batch) {
      resolve(size);
      size += bytes.length;
    }
  }

  async function mend(): Promise<void> {
    await file.truncate(size);
    torn = false;
  }

  async function writeAll(bytes: Buffer, position: number): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
      done += bytesWritten;
    }
  }

  return {
    get size() {
      return size;
    },
    append: (line) =>
      new Promise((resolve, reject) => {
        waiting.push({ bytes: Buffer.from(line), resolve, reject });
        running ??= drain();
      }),
    async drained() {
      while (running !== undefined) await running;
    },
  };
}
