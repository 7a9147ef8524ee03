import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../errors/app-error.ts';
import { findProgram } from './programs.ts';

/** A server process of our own. */
export interface Daemon {
  /** SIGTERM, and SIGKILL where that does not end it within `grace` milliseconds. */
  stop(grace: number): Promise<void>;
  kill(): Promise<void>;
}

interface DaemonOptions<T> {
  readonly command: string;
  readonly args: readonly string[];
  /** Takes what it prints. */
  readonly logFile: string;
  /** Asked until it answers something: then the server is up. */
  readonly ready: () => Promise<T | undefined>;
  /** Milliseconds until it must be. */
  readonly deadline: number;
}

/** Starts a server and waits until it is ready; otherwise ends it and rejects with the last lines of its log. */
export async function startDaemon<T>(options: DaemonOptions<T>): Promise<{ daemon: Daemon; answer: T }> {
  const { command, logFile } = options;
  const output = openSync(logFile, 'a');
  const [program, args] = boundToUs(command, options.args);
  // Its own process group: Ctrl-C in the terminal is for us, who then stop it in order.
  const child = spawn(program, args, { env: cleanEnvironment(), stdio: ['ignore', output, output], detached: true });
  closeSync(output);
  const running = () => child.pid !== undefined && child.exitCode === null && child.signalCode === null;
  const ended = once(child, 'exit').catch(() => undefined);
  const end = async (signal: NodeJS.Signals) => {
    if (running()) child.kill(signal);
    await ended;
  };
  const daemon: Daemon = {
    kill: () => end('SIGKILL'),
    stop: async (grace) => {
      const impatience = setTimeout(() => child.kill('SIGKILL'), grace);
      await end('SIGTERM');
      clearTimeout(impatience);
    },
  };

  const lastMoment = Date.now() + options.deadline;
  while (running() && Date.now() < lastMoment) {
    const answer = await options.ready();
    if (answer !== undefined && running()) return { daemon, answer };
    await delay(50);
  }
  await daemon.kill();
  const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-5).join('\n');
  throw new AppError('DEMO_PART_FAILED', `${command} did not start:\n${lines}`);
}

/** Where the system can do it, the server ends with us even if we are killed. */
function boundToUs(command: string, args: readonly string[]): readonly [string, readonly string[]] {
  const setpriv = findProgram('setpriv');
  const flags = ['--pdeathsig', 'TERM'];
  if (setpriv === undefined || spawnSync(setpriv, [...flags, 'true']).status !== 0) return [command, args];
  return [setpriv, [...flags, command, ...args]];
}

/** Nothing that would change how a server behaves here: `DOCKER_…` and `REGISTRY_…` are settings of theirs. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const path = `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin`;
  const kept = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy', 'SSL_CERT_FILE'];
  const values = kept.map((name) => [name, process.env[name]] as const).filter(([, value]) => value !== undefined);
  return { PATH: path, ...Object.fromEntries(values) };
}
