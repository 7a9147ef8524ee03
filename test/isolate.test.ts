import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AppError } from '../core/errors/app-error.ts';
import { isolate } from '../core/isolate.ts';

const who = 'slack (deliver)';
const bounds = { who, deadline: 20 };
const call = (work: (signal: AbortSignal) => unknown) => isolate<unknown>(work, bounds);
const problemOf = async (work: (signal: AbortSignal) => unknown) => {
  const called = await call(work);
  assert.equal(called.ok, false);
  return called.ok ? undefined : called.problem;
};
const never = () => new Promise(() => {});

describe('a call of foreign code', () => {
  test('gives its value, at once or later', async () => {
    assert.deepEqual(await call(() => 1), { ok: true, value: 1 });
    assert.deepEqual(await call(async () => 2), { ok: true, value: 2 });
  });

  test('fails the same way by a throw and by a rejection, and names who was called', async () => {
    const thrown = await problemOf(() => {
      throw new Error('no network');
    });
    assert.equal(thrown?.message, 'slack (deliver) failed: no network');
    assert.equal(thrown?.code, 'PLUGIN_FAILED');
    assert.deepEqual(await problemOf(() => Promise.reject(new Error('no network'))), thrown);
  });

  test('names who was called also for errors with a code of their own', async () => {
    const problem = await problemOf(() => Promise.reject(new AppError('HTTP_FAILED', 'hooks.example: reset')));
    assert.deepEqual([problem?.code, problem?.message], ['HTTP_FAILED', 'slack (deliver): hooks.example: reset']);
    assert.notEqual(problem?.hint, '');
  });

  test('may throw anything at all', async () => {
    const odd = [undefined, null, 7n, Symbol('odd'), Object.create(null), { toString: 1 }, new Proxy({}, {})];
    for (const thrown of odd) {
      const problem = await problemOf(() => Promise.reject(thrown));
      assert.match(problem?.message ?? '', /^slack \(deliver\) failed: /);
    }
    const hostile = Object.assign(new Error('x'), { message: Symbol('x') });
    assert.match((await problemOf(() => Promise.reject(hostile)))?.message ?? '', /Symbol\(x\)/);
  });

  test('that hangs is over at its deadline, and its signal says so', async () => {
    let aborted = false;
    const problem = await problemOf((signal) => {
      signal.addEventListener('abort', () => {
        aborted = true;
      });
      return never();
    });
    assert.equal(
      problem?.message,
      'slack (deliver) did not finish within 0.02 s. It probably waits for something that has no time-out of its own',
    );
    assert.ok(aborted);
  });

  test('that ends because of its signal has still failed by its deadline', async () => {
    const obedient = (signal: AbortSignal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    assert.match((await problemOf(obedient))?.message ?? '', /^slack \(deliver\) did not finish/);
  });

  test('ends when the caller’s own signal does, also one that had ended before', async () => {
    const stop = new AbortController();
    const called = isolate(never, { who, deadline: 60_000, signal: stop.signal });
    stop.abort();
    for (const one of [await called, await isolate(never, { who, deadline: 60_000, signal: stop.signal })]) {
      assert.equal(one.ok, false);
      assert.equal(one.ok ? '' : one.problem.code, 'STOPPED_BY_SIGNAL');
    }
  });
});
