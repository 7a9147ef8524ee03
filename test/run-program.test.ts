import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { AppError } from '../core/errors/app-error.ts';
import { type ProgramRun, runProgram } from '../core/run-program.ts';
import { until } from './kit/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'belfry-run-program-'));
after(() => rmSync(folder, { recursive: true }));

const patient = 60_000;
const shell = (script: string, rest: Partial<ProgramRun> = {}) =>
  runProgram({ argv: ['/bin/sh', '-c', script], timeout: patient, folder, ...rest });

describe('runProgram', () => {
  test('gives the exit code, and the output of both streams and of the first alone', async () => {
    const result = await shell('echo one; echo two >&2; exit 75');
    assert.deepEqual(
      { ...result, output: result.output.split('\n').toSorted() },
      {
        exitCode: 75,
        signal: null,
        output: ['', 'one', 'two'],
        stdout: 'one\n',
        timedOut: false,
      },
    );
  });

  test('says which signal ended it', async () => {
    const { exitCode, signal, timedOut } = await shell('kill -KILL $$');
    assert.deepEqual({ exitCode, signal, timedOut }, { exitCode: null, signal: 'SIGKILL', timedOut: false });
  });

  test('hands the arguments over as they are: no shell reads them', async () => {
    const argv = [process.execPath, '-p', 'JSON.stringify(process.argv.slice(1))', '$(id)', '; ls', '*', 'a \'b\' "c"'];
    const { stdout } = await runProgram({ argv, timeout: patient });
    assert.deepEqual(JSON.parse(stdout), argv.slice(3));
  });

  test('shows it the environment it is given and PATH, and nothing else of ours', async () => {
    process.env.BELFRY_TEST_SECRET = 'canary';
    const argv = [process.execPath, '-p', 'JSON.stringify(process.env)'];
    const { stdout } = await runProgram({ argv, env: { BELFRY_NAME: 'web' }, timeout: patient });
    delete process.env.BELFRY_TEST_SECRET;
    assert.deepEqual(JSON.parse(stdout), { PATH: process.env.PATH, BELFRY_NAME: 'web' });
  });

  test('puts the input on its standard input, then ends that', async () => {
    const input = 'ü'.repeat(100_000);
    const { stdout } = await shell('wc -c', { input });
    assert.equal(Number(stdout), 200_000);
  });

  test('does not mind a program that ends without reading its input', async () => {
    const { exitCode } = await shell('exec <&-; exit 3', { input: 'x'.repeat(5_000_000) });
    assert.equal(exitCode, 3);
  });

  test('runs it in the folder, from which a relative path is found too', async () => {
    writeFileSync(join(folder, 'hook.sh'), '#!/bin/sh\npwd\n', { mode: 0o755 });
    const { stdout } = await runProgram({ argv: ['./hook.sh'], folder, timeout: patient });
    assert.equal(stdout.trim(), folder);
  });

  test('keeps the last 64 KiB of a flood, no character cut in two', async () => {
    const flood = `const text = 'é'.repeat(50_000) + 'x'; for (let i = 0; i < 50; i += 1) process.stdout.write(text)`;
    const { output, stdout } = await runProgram({ argv: [process.execPath, '-e', flood], timeout: patient });
    assert.equal(output, stdout);
    assert.equal(Buffer.byteLength(output), 64 * 1024 - 1);
    assert.match(output, /^é+x$/);
  });

  test('does not wait for what it leaves running, though that holds its streams open', async () => {
    const { exitCode, stdout } = await shell('sleep 60 & echo $!');
    process.kill(Number(stdout), 'SIGKILL');
    assert.equal(exitCode, 0);
  });

  /** It and its child ignore SIGTERM, and both write who they are. */
  const stubborn = `trap '' TERM; echo $$ > parent; sh -c 'echo $$ > child; while :; do sleep 1; done' & wait; while :; do sleep 1; done`;
  const pids = () =>
    until('both write their ids', async () => {
      const read = ['parent', 'child'].map((name) => readOr(join(folder, name)));
      return read.every((text) => text.endsWith('\n')) && read.map(Number);
    });

  test('ends the whole group when its time is over, also what ignores SIGTERM', async () => {
    const result = await shell(stubborn, { timeout: 2_000 });
    assert.deepEqual([result.exitCode, result.signal, result.timedOut], [null, 'SIGKILL', true]);
    for (const pid of await pids()) await until(`${pid} is gone`, async () => !isAlive(pid));
  });

  test('ends the whole group when the signal aborts, and rejects with its reason', async () => {
    for (const name of ['parent', 'child']) rmSync(join(folder, name), { force: true });
    const abort = new AbortController();
    const running = shell(stubborn, { signal: abort.signal });
    running.catch(() => {});
    const both = await pids();
    assert.deepEqual(both.map(isAlive), [true, true]);
    abort.abort(new Error('the cycle was stopped'));
    await assert.rejects(running, /the cycle was stopped/);
    for (const pid of both) await until(`${pid} is gone`, async () => !isAlive(pid));
  });

  test('ends what a well-behaved parent leaves behind when its time is over', async () => {
    const script = `sh -c 'trap "" TERM; echo $$ > orphan; while :; do sleep 1; done' & wait`;
    const { timedOut, signal } = await shell(script, { timeout: 2_000 });
    assert.deepEqual([timedOut, signal], [true, 'SIGTERM']);
    const orphan = Number(readOr(join(folder, 'orphan')));
    await until(`${orphan} is gone`, async () => !isAlive(orphan));
  });

  test('starts nothing where the signal has aborted already', async () => {
    await assert.rejects(shell('echo > started', { signal: AbortSignal.abort(new Error('stopped')) }), /stopped/);
    assert.equal(readOr(join(folder, 'started')), '');
  });

  writeFileSync(join(folder, 'plain.txt'), 'not a program');
  for (const [what, run, message] of [
    ['a missing program', { argv: ['belfry-no-such-program'] }, /^belfry-no-such-program cannot be run: there is no/],
    ['a file that is not executable', { argv: ['./plain.txt'], folder }, /plain\.txt cannot be run: it is not exec/],
    ['a missing folder', { argv: ['sh'], folder: '/no/such' }, /^sh cannot be run: there is no folder \/no\/such$/],
    ['no program at all', { argv: [] }, /^the program cannot be run: .*must not be empty/],
    ['a null character', { argv: ['sh', 'a\0b'] }, /^sh cannot be run: .*null character/],
  ] as const) {
    test(`tells of ${what} with a code of its own`, async () => {
      await assert.rejects(runProgram({ ...run, timeout: patient }), (error) => {
        assert.ok(error instanceof AppError);
        assert.equal(error.code, 'PROGRAM_UNAVAILABLE');
        assert.match(error.message, message);
        return true;
      });
    });
  }
});

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** A zombie, which whoever adopted it has not buried yet, is not. */
function isAlive(pid: number): boolean {
  const state = readOr(`/proc/${pid}/stat`).split(') ').at(-1)?.[0];
  return state !== undefined && state !== '' && state !== 'Z';
}
