import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { createMailbox } from '../core/mailbox.ts';

describe('a mailbox', () => {
  test('hands its items over in order, one at a time', async () => {
    const seen: string[] = [];
    const mailbox = createMailbox<number>(async (item) => {
      seen.push(`${item} begins`);
      await turn();
      seen.push(`${item} ends`);
    });
    for (const item of [1, 2]) mailbox.post(item);
    assert.deepEqual(seen, []);
    await mailbox.empty();
    assert.deepEqual(seen, ['1 begins', '1 ends', '2 begins', '2 ends']);
  });

  test('takes what is posted while it works, and after it was empty', async () => {
    const seen: number[] = [];
    const mailbox = createMailbox<number>(async (item) => {
      seen.push(item);
      if (item === 1) mailbox.post(2);
    });
    mailbox.post(1);
    await mailbox.empty();
    mailbox.post(3);
    await mailbox.empty();
    assert.deepEqual(seen, [1, 2, 3]);
  });

  test('that is full drops the oldest and counts it, and never keeps the sender waiting', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const seen: number[] = [];
    const mailbox = createMailbox<number>(async (item) => {
      seen.push(item);
      await held;
    }, 2);
    mailbox.post(0);
    await turn();
    for (let item = 1; item <= 100_000; item += 1) mailbox.post(item);
    assert.equal(mailbox.dropped, 99_998);
    release();
    await mailbox.empty();
    assert.deepEqual(seen, [0, 99_999, 100_000]);
  });

  test('that is closed forgets what waits and takes nothing more', async () => {
    const seen: number[] = [];
    const mailbox = createMailbox<number>(async (item) => void seen.push(item));
    mailbox.post(1);
    mailbox.close();
    mailbox.post(2);
    await mailbox.empty();
    assert.deepEqual(seen, []);
  });
});
