import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTurn } from '../../core/control/turn.ts';

test('FM77: work runs one at a time, in the order in which it came, also past a failure', async () => {
  const turn = createTurn();
  const log: string[] = [];
  const work = (name: string, fails = false) =>
    turn.take(async () => {
      log.push(`${name} begins`);
      await new Promise(setImmediate);
      log.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    });
  assert.equal(turn.busy, false);
  const all = Promise.allSettled([work('a'), work('b', true), work('c')]);
  assert.equal(turn.busy, true);
  assert.deepEqual(
    (await all).map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
  assert.deepEqual(log, ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  assert.equal(turn.busy, false);
});

test('FM77: closing waits for all that has come, also meanwhile, and begins nothing that comes later', async () => {
  const turn = createTurn();
  const log: string[] = [];
  const first = turn.take(async () => {
    await new Promise(setImmediate);
    void turn.take(async () => void log.push('meanwhile'));
  });
  await turn.close();
  void turn.take(async () => void log.push('later'));
  await first;
  await new Promise(setImmediate);
  assert.deepEqual(log, ['meanwhile']);
});
