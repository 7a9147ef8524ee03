import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const dist = new URL('../dist/', import.meta.url);
/** The built program, as users run it. */
export const program = fileURLToPath(new URL('belfry.js', dist));

export type Environment = Readonly<Record<string, string>>;

/** One run of Node from its start to its end; milliseconds. */
export interface Run {
  readonly wall: number;
  readonly cpu: number;
  /** Until the first byte on stdout. */
  readonly firstOutput: number;
}

/** The median of so many runs one after the other, each of which must end with exit code 0. */
export async function medianRun(args: readonly string[], env: Environment, runs: number): Promise<Run> {
  const all: Run[] = [];
  const cpuBefore = cpuOfChildren();
  for (let run = 0; run < runs; run += 1) all.push(await runOnce(args, env));
  const cpu = (cpuOfChildren() - cpuBefore) / runs;
  return { wall: median(all.map(({ wall }) => wall)), firstOutput: median(all.map((run) => run.firstOutput)), cpu };
}

async function runOnce(args: readonly string[], env: Environment): Promise<Run> {
  const began = performance.now();
  const child = start(args, env);
  let firstOutput = Number.NaN;
  child.stdout.once('data', () => {
    firstOutput = performance.now() - began;
  });
  child.stdout.resume();
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`node ${args.join(' ')} ended with ${code}`);
  return { wall: performance.now() - began, firstOutput, cpu: Number.NaN };
}

/** What a run prints, as JSON. */
export async function jsonOf(args: readonly string[], env: Environment): Promise<unknown> {
  const child = start(args, env);
  child.stderr.resume();
  return JSON.parse(await text(child.stdout));
}

// Linux counts it in hundredths of a second, for all children that have ended.
function cpuOfChildren(): number {
  const [, fields = ''] = readFileSync('/proc/self/stat', 'utf8').split(') ');
  const [user = 0, system = 0] = fields.split(' ').slice(13, 15).map(Number);
  return (user + system) * 10;
}

/** Memory of a process, in bytes. */
export interface Memory {
  readonly resident: number;
  /** What is the process's own: not the mapped files, of which most is the node binary. */
  readonly anonymous: number;
}

/** Starts Node, waits for a line on stderr (where one is given) and then so many milliseconds, and looks. */
export async function idleMemory(
  args: readonly string[],
  env: Environment,
  wait: { readonly line?: RegExp; readonly milliseconds: number },
): Promise<Memory> {
  const child = start(args, env);
  try {
    if (wait.line !== undefined) await printed(child.stderr, wait.line);
    await delay(wait.milliseconds);
    const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
    const megabytes = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024;
    return { resident: megabytes('VmRSS'), anonymous: megabytes('RssAnon') };
  } finally {
    child.kill();
    await once(child, 'close');
  }
}

async function printed(stream: Readable, line: RegExp): Promise<void> {
  let seen = '';
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    seen += chunk;
    if (line.test(seen)) return void stream.resume();
  }
  throw new Error(`ended before it printed ${line}:\n${seen}`);
}

/** The files of dist/ that a run loads until the line on stderr appears. */
export async function loadedFiles(
  args: readonly string[],
  env: Environment,
  line: RegExp,
): Promise<readonly { readonly name: string; readonly bytes: number }[]> {
  const folder = mkdtempSync('/tmp/belfry-coverage-');
  try {
    const child = start(args, { ...env, NODE_V8_COVERAGE: folder });
    await printed(child.stderr, line);
    child.kill();
    await once(child, 'close');
    const [report = ''] = readdirSync(folder);
    const { result } = JSON.parse(readFileSync(`${folder}/${report}`, 'utf8')) as {
      readonly result: readonly { readonly url: string }[];
    };
    const own = result.map(({ url }) => url).filter((url) => url.startsWith(dist.href));
    return own.map((url) => ({ name: url.slice(dist.href.length), bytes: readFileSync(new URL(url)).length }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function start(args: readonly string[], env: Environment) {
  return spawn(process.execPath, args, {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle) - 1] ?? 0)) / 2;
}
