import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';

/** Need what a run on one engine does not have: other engines and real clients; a mail server and a browser. */
const ownRunners = ['test/engines/', 'test/services/'];

/** Those that wait longest begin first, so that no run ends with one of them alone. */
const longFirst = ['test/e2e/kill-', 'test/e2e/own-container-kills', 'test/cycle/recovery/', 'test/e2e/', 'test/'];

/** The test files whose path contains one of the words; without any, all that need one engine and one registry. */
export function testFiles(wanted: readonly string[]): readonly string[] {
  const all = readdirSync('test', { recursive: true, encoding: 'utf8' })
    .map((path) => `test/${path}`)
    .filter((path) => path.endsWith('.test.ts'))
    .sort()
    .sort((a, b) => place(a) - place(b));
  if (wanted.length === 0) return all.filter((path) => !ownRunners.some((folder) => path.startsWith(folder)));
  const found = all.filter((path) => wanted.some((part) => path.includes(part)));
  if (found.length === 0) throw new Error(`No test file matches ${wanted.join(' ')}`);
  return found;
}

const place = (path: string) => longFirst.findIndex((start) => path.startsWith(start));

interface SuiteOptions {
  readonly files: readonly string[];
  readonly engineHost: string;
  readonly registry: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Ends the run when it aborts. */
  readonly signal: AbortSignal;
}

/** Runs test files against an engine and a registry; resolves with the exit code. */
export function runSuite({ files, engineHost, registry, env = {}, signal }: SuiteOptions): Promise<number> {
  if (signal.aborted) return Promise.resolve(130);
  const { DOCKER_HOST: _, ...inherited } = process.env;
  const runner = ['--import', 'tsx', 'test/run-files.ts'];
  const child = spawn(process.execPath, [...runner, ...files], {
    env: { ...inherited, BELFRY_TEST_ENGINE: engineHost, BELFRY_TEST_REGISTRY: registry, ...env },
    stdio: 'inherit',
  });
  signal.addEventListener('abort', () => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 130));
  });
}

/** Aborts at the first SIGINT or SIGTERM. */
export function interruption(): AbortSignal {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort());
  return interrupted.signal;
}
