import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Order, placeOrder } from '../../core/delivery/order.ts';
import { eventsOf, outboxOf, statusOf } from '../../core/delivery/status.ts';
import { createPost, down, failing, hour, minute, sent, updated } from './post.ts';

type Post = ReturnType<typeof createPost>;

const place = (post: Post, order: Order) =>
  placeOrder(order, { journal: post.journal, instances: ['ops'], now: post.clock.now, patience: 60_000 });
const rowsOf = (post: Post) => outboxOf(post.instance, { journal: post.journal, now: post.clock.now });
const later = (post: Post, time: number) => new Date(post.clock.now().getTime() + time).toISOString();

async function ordered(post: Post, order: Order) {
  const outcome = place(post, order);
  await post.pass(1);
  return outcome;
}

const trial: Order = { order: 'test', instance: 'ops', message: 'msg_test', sample: 'failed' };

describe('a test message', () => {
  test('goes through the outbox, and says what came of it', async (t) => {
    const post = createPost(t);
    const outcome = await ordered(post, trial);
    assert.deepEqual([outcome?.outcome, outcome?.attempts], ['sent', 1]);
    const [arrived] = post.arrived;
    assert.deepEqual([arrived?.message.kind, arrived?.context.id], ['test', 'msg_test']);
    assert.equal(arrived?.message.report.failed.length, 1);
  });

  test('goes before what waits, also in quiet hours and while the destination is avoided', async (t) => {
    const quiet = { from: '11:00', to: '16:00', timeZone: 'UTC', except: [] };
    const post = createPost(t, { quiet });
    await post.state(...updated());
    assert.equal((await ordered(post, trial))?.outcome, 'sent');
    assert.deepEqual(
      post.arrived.map(({ message }) => message.kind),
      ['test'],
    );
    const broken = createPost(t);
    broken.answers(() => down);
    await broken.state(...updated());
    await broken.pass(hour);
    broken.answers(() => sent);
    assert.equal((await ordered(broken, trial))?.outcome, 'sent');
  });

  test('that fails says why and when it is tried again, and is soon given up', async (t) => {
    const post = createPost(t);
    post.answers(() => down);
    const outcome = await ordered(post, trial);
    assert.deepEqual([outcome?.outcome, outcome?.why], ['waiting', 'connection refused']);
    assert.notEqual(outcome?.next, null);
    await post.pass(hour);
    assert.equal((await rowsOf(post))[0]?.state, 'given-up');
  });

  test('for a notifier that is not there is refused', async (t) => {
    const post = createPost(t);
    await assert.rejects(() => place(post, { ...trial, instance: 'oops' }), { code: 'NOTIFIER_UNKNOWN' });
  });
});

describe('the outbox', () => {
  test('shows what waits, what is held and what was given up, and what each tells of', async (t) => {
    const post = createPost(t, { delivery: 'immediate', events: ['recreated', 'failed'] });
    post.answers(() => ({ outcome: 'downgrade', why: 'answered 400' }));
    await post.state(...failing('bad', 'api'));
    post.answers(() => down);
    await post.state(...updated('a', 'web'), ...updated('a', 'db'));
    const rows = await rowsOf(post);
    assert.deepEqual(
      rows.map(({ state, attempts, why }) => [state, attempts, why]),
      [
        ['retrying', 1, 'connection refused'],
        ['waiting', 0, null],
        ['given-up', 1, 'answered 400'],
      ],
    );
    const [tells] = rows[2] ? await eventsOf(rows[2], post.journal) : [];
    assert.equal(tells?.workload?.name, 'api');
    const [status] = await statusOf([post.instance], { journal: post.journal, now: post.clock.now });
    assert.deepEqual([status?.waiting, status?.held, status?.givenUp, status?.last], [2, 0, 1, null]);
    assert.equal(status?.failing?.why, 'connection refused');
  });

  test('retry sends what was given up, under its old id', async (t) => {
    const post = createPost(t);
    post.answers(() => ({ outcome: 'downgrade', why: 'answered 400' }));
    await post.state(...failing());
    const [row] = await rowsOf(post);
    post.answers(() => sent);
    await post.restart();
    const { message = '', covers = [] } = row ?? {};
    const order = { order: 'retry', instance: 'ops', message, covers, until: later(post, hour) } as const;
    assert.equal((await ordered(post, order))?.outcome, 'sent');
    assert.deepEqual(
      post.arrived.map(({ context, message: { report } }) => [context.id, report.failed.length]),
      [[message, 1]],
    );
    assert.deepEqual(await rowsOf(post), []);
  });

  test('retry sends at once what is held or waits for its next attempt', async (t) => {
    const post = createPost(t, { delivery: 'digest', schedule: '0 4 * * *' });
    await post.state(...updated());
    const [held] = await rowsOf(post);
    assert.deepEqual([held?.state, held?.next], ['held', '2026-08-23T04:00:00.000Z']);
    const { message = '', covers = [] } = held ?? {};
    post.answers(() => ({ ...down, after: 2 * hour }));
    const order = { order: 'retry', instance: 'ops', message, covers, until: later(post, hour) } as const;
    assert.equal((await ordered(post, order))?.outcome, 'waiting');
    post.answers(() => sent);
    assert.equal((await ordered(post, order))?.outcome, 'sent');
    assert.equal(post.attempts.length, 2);
    assert.ok(post.clock.elapsed() < minute);
  });

  test('drop takes a message away for good, whatever its state', async (t) => {
    const post = createPost(t, { delivery: 'immediate', events: ['recreated', 'failed'] });
    post.answers(() => ({ outcome: 'downgrade', why: 'answered 400' }));
    await post.state(...failing('bad', 'api'));
    post.answers(() => down);
    await post.state(...updated('a', 'web'), ...updated('a', 'db'));
    for (const { message } of await rowsOf(post)) await ordered(post, { order: 'drop', instance: 'ops', message });
    assert.deepEqual(await rowsOf(post), []);
    await post.restart();
    post.answers(() => sent);
    await post.pass(hour);
    assert.deepEqual([post.arrived.length, await rowsOf(post)], [0, []]);
    assert.deepEqual(await post.delivery()?.idle(1), { waiting: 0, held: 0 });
  });

  test('snooze holds until its time, and a shorter one takes its place', async (t) => {
    const post = createPost(t);
    await ordered(post, { order: 'snooze', instance: 'ops', until: later(post, 100 * hour) });
    await post.state(...failing());
    assert.equal((await rowsOf(post))[0]?.state, 'held');
    await ordered(post, { order: 'snooze', instance: 'ops', until: later(post, 0) });
    await post.pass(minute);
    assert.equal(post.arrived.length, 1);
  });
});
