import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../errors/app-error.ts';
import { syncFolder } from './durable.ts';
import type { Snapshot } from './port.ts';

/** Snapshots hold environments, and so live in files of their own and never in a line of the log. */
export interface Snapshots {
  save(snapshot: Snapshot): Promise<string>;
  /** Undefined where there is none, or none that can be read. */
  load(name: string): Promise<Snapshot | undefined>;
  /** Removes every snapshot that is not among these. */
  prune(wanted: ReadonlySet<string>): Promise<void>;
}

export function createSnapshots(stateFolder: string): Snapshots {
  const folder = join(stateFolder, 'snapshots');
  const fileOf = (name: string) => join(folder, `${name}.json`);
  return {
    async save(snapshot) {
      const name = randomUUID();
      try {
        const made = await mkdir(folder, { recursive: true, mode: 0o700 });
        if (made !== undefined) await syncFolder(stateFolder);
        const file = await open(fileOf(name), 'wx', 0o600);
        try {
          await file.writeFile(JSON.stringify(snapshot));
          await file.sync();
        } finally {
          await file.close();
        }
        await syncFolder(folder);
        return name;
      } catch (cause) {
        await rm(fileOf(name), { force: true }).catch(() => {});
        throw new AppError('JOURNAL_FAILED', cause instanceof Error ? cause.message : String(cause), { cause });
      }
    },
    async load(name) {
      if (!isName(name)) return undefined;
      try {
        return JSON.parse(await readFile(fileOf(name), 'utf8')) as Snapshot;
      } catch {
        return undefined;
      }
    },
    async prune(wanted) {
      const files = await readdir(folder).catch(() => []);
      const unwanted = files.filter((file) => !wanted.has(file.replace(/\.json$/, '')));
      await Promise.all(unwanted.map((file) => rm(join(folder, file), { force: true })));
    },
  };
}

// A name comes out of a log that others may have written: it must not lead out of the folder.
const isName = (name: string) => /^[\w-]+$/.test(name);
