import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { type Daemon, startDaemon } from './daemon.ts';
import { type EngineApi, engineApi } from './engine-api.ts';
import { ownBridge, sharedBridge } from './host-network.ts';
import { endProcesses, unmountAll } from './leftovers.ts';

/** A Docker engine of our own in a temporary folder. */
export interface PrivateEngine {
  readonly private: true;
  readonly host: string;
  /** Ends it and everything it runs; no process, mount or file stays behind. */
  close(): Promise<void>;
  /** As `kill -9` of the engine: its containers run on until it is started again. */
  kill(): Promise<void>;
  /** Stops the engine if it runs, in order, and starts it again on the same state. */
  restart(): Promise<void>;
}

/** Which engine: the words that start it, to which its own flags are added. */
export interface EngineProgram {
  readonly command: readonly [string, ...string[]];
}

const installed: EngineProgram = { command: ['dockerd'] };
interface PrivateEngineOptions {
  readonly besideOthers: boolean;
  readonly program?: EngineProgram;
  /** A disk of its own, in memory and of this size, for all that it keeps. */
  readonly diskBytes?: number;
}

const startDeadline = 30_000;
const stopGrace = 15_000;

/**
 * Starts an engine; needs root and `dockerd`. Two ordinary engines on one machine fight over docker0 and the firewall;
 * one with `besideOthers` has a bridge of its own and keeps off the firewall, so its containers reach the machine and
 * each other, but nothing beyond.
 */
export async function openPrivateEngine(options: PrivateEngineOptions): Promise<PrivateEngine> {
  const [command, ...words] = (options.program ?? installed).command;
  const network = options.besideOthers ? await ownBridge() : await sharedBridge();
  // Not under TMPDIR: the path of a Unix socket must stay short.
  const folder = await mkdtemp('/tmp/belfry-engine-');
  const host = `unix://${folder}/docker.sock`;
  const api = engineApi(host);
  let daemon: Daemon | undefined;
  let closed: Promise<void> | undefined;

  async function start(): Promise<void> {
    const started = await startDaemon({
      command,
      args: [...words, ...places(folder), ...network.flags],
      logFile: `${folder}/log`,
      ready: async () => (await api.answers(1_000)) || undefined,
      deadline: startDeadline,
    });
    daemon = started.daemon;
  }

  async function close(): Promise<void> {
    // What this cannot remove is ended below.
    if (await api.answers(1_000)) await removeEverything(api).catch(() => undefined);
    await daemon?.stop(stopGrace);
    await endProcesses(folder);
    await unmountAll(folder);
    await rm(folder, { recursive: true, force: true });
    await network.restore();
  }

  if (options.diskBytes !== undefined) await mountDisk(`${folder}/data`, options.diskBytes);
  await start().catch(async (error: unknown) => {
    await close();
    throw error;
  });

  return {
    private: true,
    host,
    close: () => (closed ??= close()),
    kill: async () => {
      await daemon?.kill();
      // Its containerd dies with it. Where nothing reaps that, its number would look alive to the next engine.
      await rm(`${folder}/exec/containerd/containerd.pid`, { force: true });
    },
    restart: async () => {
      await daemon?.stop(stopGrace);
      await start();
    },
  };
}

async function mountDisk(path: string, bytes: number): Promise<void> {
  await mkdir(path);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'belfry-disk', path]);
}

function places(folder: string): readonly string[] {
  const state = [`--data-root=${folder}/data`, `--exec-root=${folder}/exec`, `--pidfile=${folder}/docker.pid`];
  return [`--host=unix://${folder}/docker.sock`, ...state];
}

/** So that the stop need not wait for any container's grace, and no bridge of a network stays. */
async function removeEverything(api: EngineApi): Promise<void> {
  const containers = await api.call<readonly { Id: string }[]>('GET', '/containers/json?all=1');
  await Promise.all(containers.map(({ Id }) => api.ask('DELETE', `/containers/${Id}?force=1&v=1`)));
  await api.ask('POST', '/networks/prune');
}
