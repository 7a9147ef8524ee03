// Runs the tests against one real engine and one real registry: `test/run.ts [PATH…]`, where paths narrow the list.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { canInstall, installPackages } from '../core/demo/debian.ts';
import { openEngine } from '../core/demo/engine.ts';
import { findProgram } from '../core/demo/programs.ts';
import { openRegistry } from '../core/demo/registry.ts';

const log = (line: string) => void process.stderr.write(`${line}\n`);
const files = testFiles(process.argv.slice(2));
if (files.length === 0) throw new Error(`No test file matches ${process.argv.slice(2).join(' ')}`);

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort());

// The certificates of the tests are made by it; minimal systems lack it.
if (findProgram('openssl') === undefined) {
  if (!canInstall()) throw new Error('The tests need openssl: install it');
  log('Installing openssl with apt-get: the tests make certificates with it.');
  await installPackages(['openssl']);
}

const engine = await openEngine({ log, allowInstall: true });
try {
  const registry = await openRegistry({ engineHost: engine.host, log });
  try {
    process.exitCode = interrupted.signal.aborted ? 130 : await runTests(engine.host, registry.address);
  } finally {
    await registry.close();
  }
} finally {
  await engine.close();
}

function testFiles(wanted: readonly string[]): readonly string[] {
  const all = readdirSync('test', { recursive: true, encoding: 'utf8' })
    .map((path) => `test/${path}`)
    .filter((path) => path.endsWith('.test.ts'))
    .sort();
  return wanted.length === 0 ? all : all.filter((path) => wanted.some((part) => path.includes(part)));
}

function runTests(engineHost: string, registry: string): Promise<number> {
  const { DOCKER_HOST: _, ...inherited } = process.env;
  const env = { ...inherited, BELFRY_TEST_ENGINE: engineHost, BELFRY_TEST_REGISTRY: registry };
  const runner = ['--import', 'tsx', 'test/run-files.ts'];
  const child = spawn(process.execPath, [...runner, ...files], { env, stdio: 'inherit' });
  interrupted.signal.addEventListener('abort', () => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 130));
  });
}
