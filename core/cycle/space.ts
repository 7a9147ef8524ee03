import { statfs } from 'node:fs/promises';
import { AppError } from '../errors/app-error.ts';
import { ownContainerId } from '../self/own-id.ts';
import type { Context } from './context.ts';
import type { Job } from './decide.ts';

/** What is left to the engine, and to everything else on its disk. */
const reserve = 64 * 1024 * 1024;
/** A layer is on the disk as it came and unpacked, which is about twice that. */
const growth = 3;

/**
 * Resolves for each job in its turn where the engine's disk has room for its image, and rejects with ENGINE_NO_SPACE
 * where it has none: known before anything is pulled or stopped. Where the disk cannot be seen, the pull will tell.
 */
export function createRoom(context: Pick<Context, 'engine' | 'settings'>): (job: Job) => Promise<void> {
  let left: Promise<number> | undefined;
  return async ({ downloadBytes, workload }) => {
    const free = left ?? freeBytes(context);
    const needed = growth * (downloadBytes ?? 0);
    left = free.then((bytes) => (bytes < needed + reserve ? bytes : bytes - needed));
    const before = await free;
    if (before >= needed + reserve) return;
    const said = `${megabytes(before)} are free on the engine’s disk, ${megabytes(needed + reserve)} may be needed`;
    throw new AppError('ENGINE_NO_SPACE', `${said} for the new image of ${workload.name}`);
  };
}

const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`;

/** Infinite where the engine's folder is another machine's, or hidden by the walls of a container. */
async function freeBytes({ engine, settings }: Pick<Context, 'engine' | 'settings'>): Promise<number> {
  const isHere = settings.engine.host.startsWith('unix://') && ownContainerId() === null;
  if (!isHere) return Number.POSITIVE_INFINITY;
  try {
    const { dataRoot = '' } = await engine.info();
    const { bavail, bsize } = await statfs(dataRoot);
    return bavail * bsize;
  } catch {
    return Number.POSITIVE_INFINITY; // Ordinary users may not look into it.
  }
}
