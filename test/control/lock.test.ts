import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Lock, takeLock } from '../../core/control/lock.ts';
import { temporaryFolder } from '../journal/sample.ts';

const child = fileURLToPath(new URL('take-lock.ts', import.meta.url));

async function held(folder: string): Promise<Lock> {
  const lock = await takeLock(folder);
  if (!lock.held) throw new Error('the lock is taken');
  return lock;
}

describe('the lock', () => {
  test('is held by one, and by another after it was released', async (t) => {
    const folder = temporaryFolder(t);
    const first = await held(folder);
    assert.equal((await takeLock(folder)).held, false);
    await first.release();
    const second = await held(folder);
    await second.release();
  });

  test('is a socket for its owner alone', async (t) => {
    const folder = temporaryFolder(t);
    const lock = await held(folder);
    const socket = statSync(join(folder, 'belfry.sock'));
    assert.equal(socket.mode & 0o777, 0o600);
    assert.ok(socket.isSocket());
    await lock.release();
    assert.ok(!readdirSync(folder).includes('belfry.sock'));
  });

  test('leaves nothing behind where another one holds it', async (t) => {
    const folder = temporaryFolder(t);
    const lock = await held(folder);
    await takeLock(folder);
    assert.deepEqual(readdirSync(folder).sort(), ['belfry.sock', 'lock-1']);
    await lock.release();
  });

  test('in a folder that cannot be written says so', async (t) => {
    await assert.rejects(takeLock(join(temporaryFolder(t), 'missing')), { code: 'STATE_UNWRITABLE' });
  });

  test('FM77: of many starters in one process one alone has it, round after round', async (t) => {
    const folder = temporaryFolder(t);
    for (let round = 0; round < 30; round += 1) {
      const taken = await Promise.all(Array.from({ length: 12 }, () => takeLock(folder)));
      const winners = taken.filter((lock) => lock.held);
      assert.equal(winners.length, 1);
      await winners[0]?.release();
    }
  });

  test('FM77: of eight processes one alone has it, also when the one before was killed', async (t) => {
    const folder = temporaryFolder(t);
    const processes = await Promise.all(Array.from({ length: 8 }, () => starter(folder)));
    t.after(() => {
      for (const { process } of processes) process.kill('SIGKILL');
    });
    const first = await Promise.all(processes.map(({ take }) => take()));
    assert.deepEqual(first.sort(), ['held', ...Array(7).fill('running')]);

    const winner = processes.find(({ answer }) => answer() === 'held');
    winner?.process.kill('SIGKILL');
    await once(winner?.process ?? process, 'exit');
    const rest = processes.filter((one) => one !== winner);
    const second = await Promise.all(rest.map(({ take }) => take()));
    assert.deepEqual(second.sort(), ['held', ...Array(6).fill('running')]);
  });
});

interface Starter {
  readonly process: ChildProcessWithoutNullStreams;
  readonly take: () => Promise<string>;
  readonly answer: () => string | undefined;
}

async function starter(folder: string): Promise<Starter> {
  const process_ = spawn(process.execPath, ['--import', 'tsx', child, folder]);
  const lines = createInterface(process_.stdout)[Symbol.asyncIterator]();
  await lines.next();
  let answer: string | undefined;
  return {
    process: process_,
    answer: () => answer,
    async take() {
      process_.stdin.write('take\n');
      answer = String((await lines.next()).value);
      return answer;
    },
  };
}
