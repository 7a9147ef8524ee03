// Runs test files, each in a process of its own that loads TypeScript as this one does: `run-files.ts FILE…`.
import { setMaxListeners } from 'node:events';
import { availableParallelism } from 'node:os';
import { Readable } from 'node:stream';
import { run } from 'node:test';
import { report } from './reporter.ts';

const interrupted = new AbortController();
setMaxListeners(0, interrupted.signal); // Every file that runs listens.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort());

// One more than there are cores: the end-to-end ones wait for the engine half of their time.
const concurrency = Number(process.env.BELFRY_TEST_CONCURRENCY ?? Math.min(availableParallelism(), 7) + 1);
const tests = run({ files: process.argv.slice(2), concurrency, signal: interrupted.signal });
tests.on('test:fail', ({ todo }) => {
  if (todo === undefined || todo === false) process.exitCode = 1;
});
Readable.from(report(tests)).pipe(process.stdout);
interrupted.signal.addEventListener('abort', () => {
  process.exitCode = 130;
});
