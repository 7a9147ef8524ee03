import { randomBytes } from 'node:crypto';
import { link, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../errors/app-error.ts';
import { dial } from './dial.ts';
import { type Door, openDoor } from './door.ts';

/** The one place in a state folder: whoever holds it writes there and changes containers. */
export interface Lock {
  readonly held: true;
  /** Hands over those who connect to the control socket; before it is called they wait. */
  readonly accept: Door['accept'];
  release(): Promise<void>;
}

/** Another Belfry holds the lock; it answers on the control socket. */
export interface Running {
  readonly held: false;
}

/**
 * Takes the lock of a state folder, or finds that a living Belfry holds it. What a dead one left is taken over.
 * Throws STATE_UNWRITABLE.
 *
 * The lock is a listening socket linked under a numbered name. The highest number counts; it is never removed, and
 * whoever finds its socket dead may link the next one, which the file system grants to one alone. The kernel closes a
 * socket as its process dies, so no clock and no process id is trusted. `belfry.sock` leads to the holder's.
 */
export async function takeLock(folder: string): Promise<Lock | Running> {
  try {
    return await take(folder);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('STATE_UNWRITABLE', `the lock in ${folder} cannot be taken: ${reason}`, { cause });
  }
}

async function take(folder: string): Promise<Lock | Running> {
  const temporary = join(folder, `.${randomBytes(5).toString('hex')}`);
  const door = await openDoor(temporary);
  try {
    const number = await takeNumber(folder, temporary);
    if (number !== undefined) {
      await rename(temporary, join(folder, 'belfry.sock'));
      await removeBelow(folder, number);
      return createLock(folder, door);
    }
  } catch (error) {
    await door.close();
    throw error;
  }
  await door.close();
  return { held: false };
}

/** The number this process holds from now on, or undefined where another one lives. */
async function takeNumber(folder: string, socket: string): Promise<number | undefined> {
  for (;;) {
    const highest = Math.max(0, ...(await numbers(folder)));
    if (highest > 0 && (await answers(numbered(folder, highest)))) return undefined;
    const own = highest + 1;
    if (!(await linked(socket, numbered(folder, own)))) continue;
    // The list may have been read while others came and went: only the highest of now holds the lock.
    if (Math.max(...(await numbers(folder))) === own) return own;
    await rm(numbered(folder, own), { force: true });
  }
}

const numbered = (folder: string, number: number) => join(folder, `lock-${number}`);

async function numbers(folder: string): Promise<readonly number[]> {
  return (await readdir(folder)).flatMap((entry) => /^lock-(\d+)$/.exec(entry)?.[1] ?? []).map(Number);
}

async function removeBelow(folder: string, number: number): Promise<void> {
  const older = (await numbers(folder)).filter((other) => other < number);
  await Promise.all(older.map((other) => rm(numbered(folder, other), { force: true })));
}

async function answers(path: string): Promise<boolean> {
  try {
    const socket = await dial(path);
    socket?.destroy();
    return socket !== undefined;
  } catch (error) {
    if (hasCode(error, 'EAGAIN')) return true; // Its queue is full, so it lives.
    throw error;
  }
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

const hasCode = (error: unknown, code: string) => error instanceof Error && 'code' in error && error.code === code;

function createLock(folder: string, door: Door): Lock {
  return {
    held: true,
    accept: door.accept,
    async release() {
      // While the socket still listens nobody else can take over, so the name is surely our own.
      await rm(join(folder, 'belfry.sock'), { force: true });
      await door.close();
    },
  };
}
