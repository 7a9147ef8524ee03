import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { type DeliveryOptions, type Instance, startDelivery } from '../../core/delivery/delivery.ts';
import type { BelfryEvent, Fact } from '../../core/events.ts';
import { memoryJournal } from '../../core/journal/memory-journal.ts';
import type { Journal } from '../../core/journal/port.ts';
import { silentLog } from '../../core/log.ts';
import type { DeliveryAnswer } from '../../core/plugin.ts';
import { all, fact, say } from '../journal/sample.ts';
import { createJumpingClock, noon } from './clock.ts';

interface Sent {
  readonly id: string;
  readonly attempt: number;
  readonly at: number;
  readonly digest: string | undefined;
}

function scene(t: TestContext, options: Partial<DeliveryOptions> & { journal?: Journal } = {}) {
  const clock = createJumpingClock();
  const journal = options.journal ?? memoryJournal();
  const facts: Fact[] = [];
  const emit = async (stated: Fact) => {
    facts.push(stated);
    const event = { id: `evt_x${facts.length}`, time: clock.now().toISOString(), host: 'nas-01', ...stated };
    await journal.append(fact(event as BelfryEvent));
  };
  const begin = (instances: readonly Instance[]) => {
    const around = { journal, emit, log: silentLog, now: clock.now, random: () => 1, setTimer: clock.setTimer };
    const delivery = startDelivery({ ...around, instances, ...options });
    t.after(() => Promise.all([delivery.stop(), clock.run(clock.elapsed() + 5_000)]));
    return delivery;
  };
  return { clock, journal, facts, begin };
}

/** An instance that answers as told, the last answer for ever, and remembers what it was sent. */
function notifier(clock: { now(): Date }, answers: readonly (DeliveryAnswer | Error)[], more: Partial<Instance> = {}) {
  const sent: Sent[] = [];
  const instance: Instance = {
    name: 'ops',
    delivery: 'immediate',
    events: ['found', 'failed'],
    async deliver(message, { id, attempt }) {
      const digest = message.event?.type === 'found' ? message.event.to.digest : undefined;
      sent.push({ id, attempt, at: clock.now().getTime() - noon, digest: digest ?? undefined });
      const answer = answers[Math.min(sent.length, answers.length) - 1] ?? { outcome: 'sent' };
      if (answer instanceof Error) throw answer;
      return answer;
    },
    ...more,
  };
  return { sent, instance };
}

/** Answers after a second and a half. */
function late({ setTimer }: ReturnType<typeof createJumpingClock>, answer: DeliveryAnswer): Instance['deliver'] {
  return async () => {
    await new Promise<void>((resolve) => setTimer(resolve, 1_500));
    return answer;
  };
}

const digests = (sent: readonly Sent[]) => sent.map(({ digest }) => digest);
const found = (digest: string) => fact(say.found(digest));
const retry = (after?: number): DeliveryAnswer =>
  after === undefined ? { outcome: 'retry', why: 'busy' } : { outcome: 'retry', why: 'busy', after };

describe('delivery', () => {
  test('a new instance begins at the end, or at the beginning where it asks for it', async (t) => {
    const { clock, journal, begin } = scene(t);
    await journal.append(found('before'));
    const late = notifier(clock, []);
    const eager = notifier(clock, [], { name: 'eager', backfill: true });
    begin([late.instance, eager.instance]);
    await clock.run();
    const { seq } = await journal.append(found('after'));
    await clock.run();
    assert.deepEqual(digests(late.sent), ['after']);
    assert.deepEqual(digests(eager.sent), ['before', 'after']);
    assert.ok((journal.memory.position('ops') ?? 0) >= seq);
  });

  test('goes on after a restart where it stopped', async (t) => {
    const { clock, journal, begin } = scene(t);
    const first = notifier(clock, []);
    const delivery = begin([first.instance]);
    await journal.append(found('a'));
    await clock.run();
    await delivery.stop();
    await journal.append(found('b'));
    const second = notifier(clock, []);
    begin([second.instance]);
    await clock.run();
    assert.deepEqual(digests(first.sent), ['a']);
    assert.deepEqual(digests(second.sent), ['b']);
  });

  test('keeps the order: a message that has to wait holds back the later ones', async (t) => {
    const { clock, journal, begin } = scene(t);
    const { sent, instance } = notifier(clock, [retry(), retry(), { outcome: 'sent' }]);
    begin([instance]);
    for (const digest of ['a', 'b', 'c']) await journal.append(found(digest));
    await clock.run();
    assert.deepEqual(digests(sent), ['a', 'a', 'a', 'b', 'c']);
    assert.deepEqual(
      sent.map(({ attempt }) => attempt),
      [1, 2, 3, 1, 1],
    );
    assert.equal(new Set(sent.slice(0, 3).map(({ id }) => id)).size, 1);
  });

  test('one instance that is stuck holds back no other', async (t) => {
    const { clock, journal, begin } = scene(t);
    const stuck = notifier(clock, [], { name: 'stuck', deliver: () => new Promise(() => {}) });
    const quick = notifier(clock, []);
    begin([stuck.instance, quick.instance]);
    await journal.append(found('a'));
    await clock.run(0);
    assert.deepEqual(digests(quick.sent), ['a']);
  });

  test('waits longer after each failure, at most two minutes, and gives up after 72 hours', async (t) => {
    const { clock, journal, facts, begin } = scene(t);
    const { sent, instance } = notifier(clock, [retry()]);
    begin([instance]);
    await journal.append(found('a'));
    await clock.run();
    const gaps = sent.slice(1).map(({ at }, index) => at - (sent[index]?.at ?? 0));
    assert.deepEqual(gaps.slice(0, 7), [5000, 10_000, 20_000, 40_000, 80_000, 120_000, 120_000]);
    assert.equal(clock.elapsed(), 72 * 3_600_000);
    assert.ok((sent.at(-1)?.at ?? 0) > 71.9 * 3_600_000);
    assert.deepEqual(
      facts.map((stated) => [stated.type, stated.type === 'failed' && stated.problem.code]),
      [
        ['delivered', false],
        ['failed', 'DELIVERY_GIVEN_UP'],
      ],
    );
    assert.equal((await all(journal.read(0))).filter(({ kind }) => kind === 'delivery').length, 1);
  });

  test('comes back when the destination asks for it, and a little later', async (t) => {
    const { clock, journal, begin } = scene(t);
    const { sent, instance } = notifier(clock, [retry(3_600_000), { outcome: 'sent' }]);
    begin([instance]);
    await journal.append(found('a'));
    await clock.run();
    assert.equal(sent[1]?.at, 3_960_000);
  });

  test('gives up at once where trying again cannot help, and nobody is told in an endless round', async (t) => {
    const { clock, journal, facts, begin } = scene(t);
    const gone: DeliveryAnswer = { outcome: 'shrink', why: 'answered 413' };
    const one = notifier(clock, [gone], { name: 'one' });
    const two = notifier(clock, [gone], { name: 'two' });
    begin([one.instance, two.instance]);
    await journal.append(found('a'));
    await clock.run();
    assert.equal(one.sent.length + two.sent.length, 6, 'in each of its three forms');
    const problems = facts.flatMap((stated) => (stated.type === 'failed' ? [stated.problem.message] : []));
    assert.deepEqual(problems.sort(), ['one: answered 413', 'two: answered 413']);
  });

  test('tries a few times in a day where everything is refused, as by a proxy that is just being updated', async (t) => {
    const { clock, journal, facts, begin } = scene(t);
    const gone: DeliveryAnswer = { outcome: 'permanent', why: 'answered 404' };
    const tries: string[] = [];
    const deliver: Instance['deliver'] = async (message) => {
      const digest = message.event?.type === 'found' ? message.event.to.digest : null;
      tries.push(`${digest} ${Math.floor((clock.now().getTime() - noon) / 60_000)}`);
      return digest === 'a' ? gone : { outcome: 'sent' };
    };
    const delivery = begin([notifier(clock, [], { deliver }).instance]);
    await journal.append(found('a'));
    await journal.append(found('b'));
    await clock.run(60_000);
    assert.deepEqual(
      tries.splice(0),
      ['a 0', 'b 0', 'a 0'],
      'what is behind it passes, and may show that it works again',
    );
    assert.equal((await delivery.idle(1)).waiting, 1);
    await clock.run(25 * 3_600_000);
    assert.deepEqual(tries, ['a 5', 'a 60', 'a 360', 'a 1440']);
    assert.deepEqual(
      facts.flatMap((stated) => (stated.type === 'delivered' ? [stated.outcome] : [])),
      ['sent', 'given-up'],
    );
  });

  test('counts such a day from the first refusal, however long the message had been on its way', async (t) => {
    const { clock, journal, begin } = scene(t);
    const gone: DeliveryAnswer = { outcome: 'permanent', why: 'answered 404' };
    const away = 30 * 3_600_000;
    const tries: number[] = [];
    const deliver: Instance['deliver'] = async () => {
      const at = clock.now().getTime() - noon;
      if (at < away) return retry();
      tries.push(at);
      return tries.length === 1 ? gone : { outcome: 'sent' };
    };
    begin([notifier(clock, [], { deliver }).instance]);
    await journal.append(found('a'));
    await clock.run(40 * 3_600_000);
    assert.equal(tries.length, 2);
    assert.equal((tries[1] ?? 0) - (tries[0] ?? 0), 5 * 60_000);
  });

  test('a notifier that throws is tried again', async (t) => {
    const { clock, journal, begin } = scene(t);
    const { sent, instance } = notifier(clock, [new Error('oh'), { outcome: 'accepted' }]);
    begin([instance]);
    await journal.append(found('a'));
    await clock.run();
    assert.equal(sent.length, 2);
  });

  test('an attempt that does not end counts as failed after 30 s, and its signal says so', async (t) => {
    const { clock, journal, begin } = scene(t);
    const aborted: boolean[] = [];
    const deliver: Instance['deliver'] = (_, { attempt, signal }) => {
      signal.addEventListener('abort', () => aborted.push(true));
      return attempt === 1 ? new Promise(() => {}) : Promise.resolve({ outcome: 'sent' });
    };
    begin([notifier(clock, [], { deliver }).instance]);
    await journal.append(found('a'));
    await clock.run();
    assert.deepEqual(clock.waits, [30_000, 5000]);
    assert.equal(aborted.length, 2);
    assert.equal((await all(journal.read(0))).filter(({ kind }) => kind === 'delivery').length, 1);
  });

  test('idle resolves when all is delivered, or when its time is up with what still waits', async (t) => {
    const { clock, journal, begin } = scene(t);
    const { instance } = notifier(clock, [{ outcome: 'sent' }, retry(7_200_000)]);
    const delivery = begin([instance]);
    await journal.append(found('a'));
    const first = delivery.idle(30_000);
    await clock.run(0);
    assert.deepEqual(await first, { waiting: 0, held: 0 });
    await journal.append(found('b'));
    await journal.append(found('c'));
    const second = delivery.idle(30_000);
    await clock.run(60_000);
    assert.deepEqual(await second, { waiting: 2, held: 0 });
  });

  test('a message whose attempt was cut off by a stop is taken up again, under the same id', async (t) => {
    const { clock, journal, facts, begin } = scene(t);
    const ids: string[] = [];
    const deliver: Instance['deliver'] = (_, { id }) => {
      ids.push(id);
      return new Promise(() => {});
    };
    const delivery = begin([notifier(clock, [], { deliver }).instance]);
    await journal.append(found('a'));
    await clock.run(0);
    await Promise.all([delivery.stop(), clock.run(5_000)]);
    assert.deepEqual(facts, []);
    const second = notifier(clock, []);
    begin([second.instance]);
    await clock.run();
    assert.deepEqual(
      second.sent.map(({ id }) => id),
      ids,
    );
  });

  test('a message that is on its way as it stops is waited for, so that it does not go twice', async (t) => {
    const { clock, journal, facts, begin } = scene(t);
    const delivery = begin([notifier(clock, [], { deliver: late(clock, { outcome: 'sent' }) }).instance]);
    await journal.append(found('a'));
    await clock.run(0);
    await journal.append(found('b'));
    await Promise.all([delivery.stop(), clock.run(60_000)]);
    assert.deepEqual(
      facts.flatMap((stated) => (stated.type === 'delivered' ? [stated.outcome] : [])),
      ['sent'],
      'and nothing else begins',
    );
    const second = notifier(clock, []);
    begin([second.instance]);
    await clock.run();
    assert.deepEqual(digests(second.sent), ['b']);
  });

  test('an answer about its form that comes as it stops leaves a message to the next start', async (t) => {
    const { clock, journal, begin } = scene(t);
    const deliver = late(clock, { outcome: 'shrink', why: 'answered 413' });
    const delivery = begin([notifier(clock, [], { deliver }).instance]);
    await journal.append(found('a'));
    await clock.run(0);
    await Promise.all([delivery.stop(), clock.run(60_000)]);
    const second = notifier(clock, []);
    begin([second.instance]);
    await clock.run();
    assert.deepEqual(digests(second.sent), ['a']);
  });

  test('an instance with nothing to say still moves on in the journal', async (t) => {
    const { clock, journal, begin } = scene(t);
    begin([notifier(clock, [], { events: [] }).instance]);
    await clock.run();
    for (let count = 0; count < 1500; count += 1) await journal.append(found('a'));
    await clock.run();
    assert.ok((journal.memory.position('ops') ?? 0) > 1000);
    const intakes = (await all(journal.read(0))).filter(({ kind }) => kind === 'intake');
    assert.ok(intakes.length <= 3);
  });

  test('goes on where the journal does not take what was delivered', async (t) => {
    const journal = memoryJournal();
    const full: Journal = {
      ...journal,
      get last() {
        return journal.last;
      },
      append: (entry) => (entry.kind === 'event' ? journal.append(entry) : Promise.reject(new Error('ENOSPC'))),
    };
    const { clock, begin } = scene(t, { journal: full });
    const { sent, instance } = notifier(clock, []);
    begin([instance]);
    await clock.run();
    await journal.append(found('a'));
    await journal.append(found('b'));
    await clock.run();
    assert.deepEqual(digests(sent), ['a', 'b']);
  });
});
