import { AppError } from '../errors/app-error.ts';
import { canInstall, installEngine } from './debian.ts';
import { engineApi } from './engine-api.ts';
import { openPrivateEngine, type PrivateEngine } from './private-engine.ts';
import { findProgram, isRoot } from './programs.ts';

/** The machine's own engine, which is not ours to stop: `close` does nothing. */
interface SharedEngine {
  readonly private: false;
  readonly host: string;
  close(): Promise<void>;
}

const localSocket = 'unix:///var/run/docker.sock';

/**
 * The engine at DOCKER_HOST or the local socket where one answers, else one of our own, installed from Debian's
 * packages if need be. Rejects with `DEMO_NEEDS_ENGINE` where none can be had.
 */
export async function openEngine(options: {
  readonly log: (line: string) => void;
  readonly allowInstall: boolean;
}): Promise<SharedEngine | PrivateEngine> {
  const found = await findEngine();
  if (found !== undefined) return found;
  if (!canStartEngine()) {
    if (!options.allowInstall || !canInstall()) throw noEngine();
    await installEngine(options.log);
    // The package may have started its service.
    const installed = await findEngine();
    if (installed !== undefined) return installed;
  }
  return openPrivateEngine({ besideOthers: false });
}

async function findEngine(): Promise<SharedEngine | undefined> {
  for (const host of new Set([process.env.DOCKER_HOST || localSocket, localSocket])) {
    if (await engineApi(host).answers(3_000)) return { private: false, host, close: async () => {} };
  }
  return undefined;
}

function canStartEngine(): boolean {
  return isRoot() && findProgram('dockerd') !== undefined;
}

function noEngine(): AppError {
  const places = process.env.DOCKER_HOST ? `${process.env.DOCKER_HOST} or ${localSocket}` : localSocket;
  return new AppError('DEMO_NEEDS_ENGINE', `No Docker engine answers this user at ${places}`);
}
