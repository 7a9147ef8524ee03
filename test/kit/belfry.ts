import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';

interface BelfryOptions {
  /** Added to an otherwise bare environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly dockerHost: string;
  /** One of its own, removed afterwards, unless given. */
  readonly stateFolder?: string;
  /** The working directory, where relative paths in a configuration start. */
  readonly folder?: string;
  /** Milliseconds until it is killed; three minutes unless given, since machines are slow at times. */
  readonly timeoutMs?: number;
}

export interface BelfryResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What `--json` printed. */
  json<T>(): T;
}

export interface RunningBelfry {
  readonly child: ChildProcess;
  /** What it has printed so far, by stream. */
  readonly output: { stdout: string; stderr: string };
  /** Resolves when it has ended; rejects where it had to be killed for taking too long. */
  readonly done: Promise<BelfryResult>;
  /** Resolves once a stream holds a match; rejects where the process ends before. */
  printed(stream: 'stdout' | 'stderr', pattern: RegExp): Promise<void>;
}

const program = fileURLToPath(new URL('../../dist/belfry.js', import.meta.url));

/** Runs the built Belfry to its end. */
export function runBelfry(args: readonly string[], options: BelfryOptions): Promise<BelfryResult> {
  return startBelfry(args, options).done;
}

/** Starts the built Belfry with nothing of the developer's own settings in reach. */
export function startBelfry(args: readonly string[], options: BelfryOptions): RunningBelfry {
  const { env = {}, dockerHost, timeoutMs = 180_000 } = options;
  const home = mkdtempSync(`${tmpdir()}/belfry-run-`);
  const child = spawn(process.execPath, [program, ...args], {
    cwd: options.folder ?? home,
    env: {
      ...bareEnvironment(),
      ...{ HOME: home, DOCKER_HOST: dockerHost, DOCKER_CONFIG: home },
      BELFRY_STATE_DIR: options.stateFolder ?? `${home}/state`,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });

  const done = new Promise<BelfryResult>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`belfry ${args.join(' ')} took longer than ${timeoutMs} ms\n${output.stderr}`));
    }, timeoutMs);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      rmSync(home, { recursive: true, force: true });
      resolve({ code, signal, ...output, json: <T>() => JSON.parse(output.stdout) as T });
    });
  });

  const printed = (stream: 'stdout' | 'stderr', pattern: RegExp) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!pattern.test(output[stream])) return;
        child[stream].off('data', look);
        resolve();
      };
      child[stream].on('data', look);
      done.then(() => reject(new Error(`belfry ended before it printed ${pattern}\n${output.stderr}`)), reject);
      look();
    });

  return { child, output, done, printed };
}

function bareEnvironment(): NodeJS.ProcessEnv {
  const kept = ['PATH', 'TMPDIR', 'NODE_V8_COVERAGE'];
  return Object.fromEntries(kept.map((name) => [name, process.env[name]]));
}
