import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openJournal } from '../../core/journal/journal.ts';
import { readJournal } from '../../core/journal/read-journal.ts';
import { all, fact, say, temporaryFolder } from './sample.ts';

const child = fileURLToPath(new URL('append-forever.ts', import.meta.url));

test('FM2: no record that was acknowledged is lost when the process is killed, and no number is used twice', async (t) => {
  const folder = temporaryFolder(t);
  const acknowledged: number[] = [];
  for (const lines of [1, 17, 60, 150]) acknowledged.push(...(await killedAfter(lines, folder)));
  const journal = await openJournal(folder, { now: () => new Date() });
  const { seq: next } = await journal.append(fact(say.started()));
  await journal.close();

  const found = (await all((await readJournal(folder)).read(0))).map(({ seq }) => seq);
  assert.equal(new Set(found).size, found.length);
  assert.deepEqual(
    found,
    [...found].sort((a, b) => a - b),
  );
  assert.equal(new Set(acknowledged).size, acknowledged.length);
  const kept = new Set(found);
  assert.deepEqual(
    acknowledged.filter((seq) => !kept.has(seq)),
    [],
  );
  assert.equal(next, Math.max(...found));
});

/** Lets a child append until it has acknowledged so many records, kills it, and resolves with all it acknowledged. */
async function killedAfter(lines: number, folder: string): Promise<readonly number[]> {
  const process_ = spawn(process.execPath, ['--import', 'tsx', child, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const acknowledged: number[] = [];
  for await (const line of createInterface(process_.stdout)) {
    acknowledged.push(Number(line));
    if (acknowledged.length === lines) process_.kill('SIGKILL');
  }
  return acknowledged;
}
