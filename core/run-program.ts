import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { statSync } from 'node:fs';
import { AppError, messageOf } from './errors/app-error.ts';
import { lastText } from './last-text.ts';

export interface ProgramRun {
  /** The program and its arguments; no shell takes part. */
  readonly argv: readonly string[];
  /** All that it finds in its environment, besides PATH. */
  readonly env?: Readonly<Record<string, string>>;
  /** What it finds on its standard input; nothing unless given. */
  readonly input?: string;
  /** Milliseconds. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
  /** Where it runs, and what a relative program path starts from; Belfry's own working directory unless given. */
  readonly folder?: string;
}

export interface ProgramResult {
  /** Null where a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last 64 KiB of both its streams. */
  readonly output: string;
  /** The last 64 KiB of its standard output alone. */
  readonly stdout: string;
  readonly timedOut: boolean;
}

const kept = 64 * 1024;
/** What SIGTERM does not end within so many milliseconds, SIGKILL ends. */
const grace = 2_000;
/** How long the streams of a program that has ended are read on, where something it left running holds them open. */
const lastWords = 1_000;

/**
 * Runs a program on Belfry's own machine and waits for its end. It has a process group of its own: when its time is
 * over, or the signal aborts, the whole group is ended. Throws PROGRAM_UNAVAILABLE where it cannot be started, and
 * the signal's reason where that aborts.
 */
export async function runProgram(run: ProgramRun): Promise<ProgramResult> {
  const { input = '', timeout, signal } = run;
  signal?.throwIfAborted();
  const child = await start(run);
  const exited = new Promise<Pick<ProgramResult, 'exitCode' | 'signal'>>((resolve, reject) => {
    child.once('error', (error) => reject(unavailable(run, error)));
    child.once('exit', (exitCode, endedBy) => resolve({ exitCode, signal: endedBy }));
  });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const [output, stdout] = [keepTail(), keepTail()];
  child.stdout.on('data', (chunk: Buffer) => {
    output.add(chunk);
    stdout.add(chunk);
  });
  child.stderr.on('data', output.add);
  // A program that ends without reading its input is judged by its exit alone.
  child.stdin.on('error', () => {});
  child.stdin.end(input);

  let timedOut = false;
  let ended: Promise<void> | undefined;
  const end = () => {
    ended ??= endGroup(child.pid);
  };
  const timer = setTimeout(() => {
    timedOut = true;
    end();
  }, timeout);
  signal?.addEventListener('abort', end, { once: true });
  try {
    const exit = await exited;
    clearTimeout(timer);
    await ended;
    await atMost(lastWords, closed);
    signal?.throwIfAborted();
    return { ...exit, output: output.text(), stdout: stdout.text(), timedOut };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
    child.stdout.destroy();
    child.stderr.destroy();
  }
}

async function start(run: ProgramRun): Promise<ChildProcessWithoutNullStreams> {
  const { argv, env = {}, folder } = run;
  const { spawn } = await import('node:child_process');
  const [program = '', ...args] = argv;
  const { PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' } = process.env;
  try {
    return spawn(program, args, { cwd: folder, env: { PATH, ...env }, detached: true, stdio: 'pipe' });
  } catch (error) {
    throw unavailable(run, error);
  }
}

async function endGroup(leader: number | undefined): Promise<void> {
  if (leader === undefined || !signalGroup(leader, 'SIGTERM')) return;
  const lastMoment = Date.now() + grace;
  while (Date.now() < lastMoment) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (!signalGroup(leader, 0)) return;
  }
  signalGroup(leader, 'SIGKILL');
}

/** False where the group has no member any more. */
function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-leader, signal);
  } catch {
    return false;
  }
}

async function atMost(milliseconds: number, wait: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([wait, late]);
  clearTimeout(timer);
}

/** Keeps the newest bytes of a stream. */
function keepTail() {
  let chunks: Buffer[] = [];
  let size = 0;
  let seen = 0;
  return {
    add(chunk: Buffer): void {
      chunks.push(chunk);
      seen += chunk.length;
      size += chunk.length;
      if (size < 2 * kept) return;
      chunks = [Buffer.concat(chunks).subarray(-kept)];
      size = kept;
    },
    text: () => lastText(Buffer.concat(chunks), kept, seen > kept),
  };
}

function unavailable({ argv: [program = ''], folder }: ProgramRun, error: unknown): AppError {
  const message = `${program === '' ? 'the program' : program} cannot be run: ${reason(error, folder)}`;
  return new AppError('PROGRAM_UNAVAILABLE', message, { cause: error });
}

function reason(error: unknown, folder: string | undefined): string {
  // Node blames the program where the folder is what is missing.
  if (folder !== undefined && statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    return `there is no folder ${folder}`;
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) return messageOf(error);
  return reasons[code] ?? code;
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such program, or what its first line names is missing',
  EACCES: 'it is not executable',
  ENOEXEC: 'it is no program; a script needs a first line such as #!/bin/sh',
  E2BIG: 'its arguments and environment are too long',
  ERR_INVALID_ARG_VALUE: 'its name, arguments and environment must not be empty or hold a null character',
};
