import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { nextRuns } from '../../core/config/schedule.ts';
import { messageId } from '../../core/delivery/outbox.ts';
import type { BelfryEvent } from '../../core/events.ts';
import { say } from '../journal/sample.ts';
import {
  type Arrived,
  available,
  createPost,
  cycleOf,
  down,
  failing,
  held,
  hour,
  minute,
  sent,
  updated,
  upToDate,
} from './post.ts';

const kinds = (arrived: readonly Arrived[]) => arrived.map(({ message }) => message.kind);
const names = (arrived: readonly Arrived[], list: 'failed' | 'recreated' | 'available' | 'recovered') =>
  arrived.map(({ message }) => message.report[list].map(({ name }) => name).join());
const alone = (code: string): BelfryEvent => {
  const { ending: _, ...event } = say.rolledBack('bad') as BelfryEvent & { ending: true };
  return { ...event, phase: 'recover', problem: { code, message: '', hint: '' } } as BelfryEvent;
};

// So that no test waits for it.
before(() => nextRuns('0 0 * * *', 'UTC'));

describe('one report a cycle', () => {
  test('tells of a cycle in one message, and of one without news in none', async (t) => {
    const post = createPost(t);
    await post.state(...updated(), ...upToDate());
    assert.deepEqual(kinds(post.arrived), ['run']);
    assert.deepEqual(names(post.arrived, 'recreated'), ['web']);
  });

  test('tells of a failure that stands in no report at once', async (t) => {
    const post = createPost(t);
    await post.state(alone('RECOVERY_AMBIGUOUS'));
    assert.deepEqual(kinds(post.arrived), ['event']);
    assert.equal(post.arrived[0]?.message.event?.type, 'failed');
  });

  test('says nothing of messages', async (t) => {
    const post = createPost(t, { delivery: 'immediate', events: ['failed', 'delivered'] });
    await post.state({ ...alone('DELIVERY_GIVEN_UP'), phase: 'delivery' } as BelfryEvent);
    await post.pass(hour);
    assert.deepEqual(post.attempts, []);
  });

  test('says nothing of what is always skipped, unless that is asked for', async (t) => {
    const usual = () => cycleOf((of) => ({ ...say.skipped(of), to: null }) as BelfryEvent);
    const plain = createPost(t);
    await plain.state(...usual());
    assert.deepEqual(plain.arrived, []);
    const curious = createPost(t, { events: ['skipped'] });
    await curious.state(...usual());
    assert.equal(curious.arrived.length, 1);
  });

  test('that wants some events only is given the reports that tell of them', async (t) => {
    const post = createPost(t, { events: ['failed'] });
    await post.state(...updated(), ...failing());
    assert.deepEqual(names(post.arrived, 'failed'), ['web']);
  });
});

describe('every event by itself', () => {
  test('each one is a message, failures too', async (t) => {
    const post = createPost(t, { delivery: 'immediate' });
    await post.state(...updated('new', 'web'), ...failing('bad', 'api'));
    const types = post.arrived.map(({ message }) => message.event?.type);
    assert.deepEqual(types, ['found', 'recreated', 'found', 'failed']);
    assert.equal(new Set(post.arrived.map(({ context }) => context.id)).size, 4);
  });

  test('an image that was told of is not told of again', async (t) => {
    const post = createPost(t, { delivery: 'immediate' });
    await post.state(...available('a'), ...available('a'), ...available('b'));
    const digests = post.arrived.map(({ message: { event } }) => event?.type === 'found' && event.to.digest);
    assert.deepEqual(digests, ['a', 'b']);
  });
});

describe('the same news twice', () => {
  for (const delivery of ['run', 'immediate', 'digest'] as const) {
    test(`${delivery}: an image is told of once, however many cycles find it, also after a restart`, async (t) => {
      const post = createPost(t, { delivery, events: ['found'] });
      for (let cycle = 0; cycle < 3; cycle += 1) {
        await post.state(...available('a'));
        await post.pass(hour);
      }
      await post.restart();
      await post.state(...available('a'));
      await post.pass(hour);
      assert.deepEqual(names(post.arrived, 'available'), ['web']);
      await post.state(...available('b'));
      await post.pass(hour);
      assert.equal(post.arrived.length, 2);
    });
  }

  test('is told again after the time to remind, and says how often', async (t) => {
    const post = createPost(t, { remind: 24 * hour });
    for (let cycle = 0; cycle < 60; cycle += 1) {
      await post.state(...available('a'));
      await post.pass(hour);
    }
    assert.deepEqual(
      post.arrived.map(({ at, message }) => [at / hour, message.report.available[0]?.remindedTimes]),
      [
        [0, 0],
        [24, 1],
        [48, 2],
      ],
    );
  });

  test('something new brings along what is available still', async (t) => {
    const post = createPost(t);
    await post.state(...available('a', 'web'));
    const both = cycleOf(
      (of) => say.found('a', { ...of, name: 'web' }),
      (of) => held('a', { ...of, name: 'web' }),
      (of) => say.found('a', { ...of, name: 'api' }),
      (of) => held('a', { ...of, name: 'api' }),
    );
    await post.state(...both);
    await post.pass(minute);
    assert.deepEqual(names(post.arrived, 'available'), ['web', 'api,web']);
  });

  test('what was given up was not told: it is told in the next cycle', async (t) => {
    const post = createPost(t);
    post.answers(() => ({ outcome: 'downgrade', why: 'answered 400' }));
    await post.state(...available('a'));
    post.answers(() => sent);
    await post.state(...available('a'));
    assert.equal(post.arrived.length, 1);
  });

  test('one channel says nothing about another', async (t) => {
    const one = createPost(t);
    await one.state(...available('a'));
    const two = createPost(t, { name: 'dev' }, one.journal);
    await two.state(...available('a'));
    assert.deepEqual([one.arrived.length, two.arrived.length], [1, 1]);
  });
});

describe('recovery', () => {
  test('a container that failed and is updated later stands among the recovered', async (t) => {
    const post = createPost(t);
    await post.state(...failing());
    await post.restart();
    await post.state(...updated('good'), ...updated('better'));
    assert.deepEqual(names(post.arrived, 'failed'), ['web', '', '']);
    assert.deepEqual(names(post.arrived, 'recovered'), ['', 'web', '']);
    assert.notEqual(post.arrived[1]?.message.report.recovered[0]?.failedSince, null);
  });

  for (const delivery of ['run', 'immediate', 'digest'] as const) {
    test(`${delivery}: one that is up to date again is told of once, and one that never failed never`, async (t) => {
      const post = createPost(t, { delivery, events: ['failed'], schedule: '0 4 * * *' });
      await post.state(...upToDate(), ...failing());
      await post.pass(minute);
      await post.restart();
      await post.state(...upToDate(), ...upToDate());
      await post.restart();
      await post.state(...upToDate());
      await post.pass(minute);
      assert.deepEqual(names(post.arrived, 'recovered'), ['', 'web']);
    });
  }

  for (const restarts of [false, true]) {
    test(`is told of later where its own message was dropped${restarts ? ', also after a restart' : ''}`, async (t) => {
      const post = createPost(t);
      post.answers(() => down);
      await post.state(...failing());
      const well = upToDate();
      await post.state(...well);
      const message = messageId('ops', well.at(-1)?.id ?? '');
      const time = post.clock.now().toISOString();
      await post.journal.append({ kind: 'order', order: 'drop', time, instance: 'ops', message });
      post.answers(() => sent);
      await post.pass(minute);
      if (restarts) await post.restart();
      await post.state(...upToDate(), ...upToDate());
      assert.deepEqual(names(post.arrived, 'recovered'), ['', 'web']);
    });
  }

  test('a container that comes up between cycles is told of at once', async (t) => {
    const post = createPost(t);
    await post.state(...failing());
    const { id, time, host, cycle, workload } = say.rolledBack('bad');
    const up = { id: 'evt_up', type: 'recovered', found: 'web', outcome: 'unchanged' } as const;
    await post.state({ ...up, ...{ time, host, cycle, workload } } as BelfryEvent);
    assert.ok(id);
    assert.deepEqual(names(post.arrived, 'recovered'), ['', 'web']);
  });
});

describe('digests', () => {
  test('come by the clock of their zone, with all cycles since', async (t) => {
    const post = createPost(t, { delivery: 'digest', schedule: '0 8 * * *', timeZone: 'Europe/Berlin' });
    await post.state(...updated('a', 'web'));
    await post.pass(2 * hour);
    await post.state(...updated('a', 'api'));
    assert.deepEqual(await post.delivery()?.idle(1), { waiting: 0, held: 2 });
    await post.restart();
    await post.pass(48 * hour);
    // Noon is 14:00 in Berlin, so the next eight o'clock is 18 hours away.
    assert.deepEqual(
      post.arrived.map(({ at, message }) => [at / hour, message.kind, message.report.cycle.cycles]),
      [[18, 'digest', 2]],
    );
    assert.deepEqual(names(post.arrived, 'recreated'), ['api,web']);
  });

  test('failures do not wait for them, and stand in them too', async (t) => {
    const post = createPost(t, { delivery: 'digest', schedule: '0 8 * * *' });
    await post.state(...failing());
    assert.deepEqual(kinds(post.arrived), ['event']);
    await post.pass(24 * hour);
    assert.deepEqual(kinds(post.arrived), ['event', 'digest']);
    assert.deepEqual(names(post.arrived, 'failed'), ['web', 'web']);
  });
});

describe('quiet hours', () => {
  const quiet = { from: '11:00', to: '16:30', timeZone: 'UTC', except: ['failed'] } as const;

  test('hold messages, lose none, and let failures through', async (t) => {
    const post = createPost(t, { delivery: 'immediate', quiet });
    await post.state(...failing('bad', 'api'), ...updated('a', 'web'));
    await post.pass(hour);
    assert.deepEqual(
      post.arrived.map(({ message }) => message.event?.type),
      ['failed'],
    );
    await post.restart();
    await post.pass(4 * hour);
    // What was held for so long comes as one.
    assert.deepEqual(
      post.arrived.slice(1).map(({ at, message }) => [at / hour, message.kind]),
      [[4.5, 'digest']],
    );
    assert.deepEqual(names(post.arrived.slice(1), 'recreated'), ['web']);
  });

  test('hold failures too where that is wanted', async (t) => {
    const post = createPost(t, { delivery: 'immediate', events: ['failed'], quiet: { ...quiet, except: [] } });
    await post.state(...failing());
    await post.pass(4 * hour);
    assert.deepEqual(post.arrived, []);
    await post.pass(hour);
    assert.equal(post.arrived.length, 1);
  });

  test('a snoozed channel holds all, also over a restart', async (t) => {
    const post = createPost(t);
    const until = new Date(post.clock.now().getTime() + 100 * hour).toISOString();
    await post.journal.append({ kind: 'order', order: 'snooze', time: until, instance: 'ops', until });
    await post.state(...failing());
    await post.restart();
    await post.pass(99 * hour);
    assert.deepEqual(post.attempts, []);
    await post.pass(2 * hour);
    assert.deepEqual(names(post.arrived, 'failed'), ['web']);
  });
});

describe('after an outage', () => {
  test('reports that have become stale are sent as one, and what is superseded is dropped', async (t) => {
    const post = createPost(t);
    post.answers(() => down);
    await post.state(...updated('a', 'first'));
    for (const digest of ['a', 'b', 'c']) {
      await post.pass(hour);
      await post.state(...available(digest, 'web'));
    }
    await post.pass(hour);
    await post.state(...failing('bad', 'api'));
    await post.restart();
    post.answers(() => sent);
    await post.pass(hour);
    assert.deepEqual(kinds(post.arrived), ['run', 'digest']);
    const report = post.arrived[1]?.message.report;
    assert.equal(report?.cycle.cycles, 4);
    assert.deepEqual(
      report?.available.map(({ to }) => to?.digest),
      ['c'],
    );
    assert.deepEqual(names(post.arrived, 'failed'), ['', 'api']);
  });

  test('failures that are messages of their own are kept, each in its place', async (t) => {
    const post = createPost(t, { delivery: 'immediate', events: ['recreated', 'failed'] });
    post.answers(() => down);
    for (const name of ['one', 'two']) await post.state(...updated('a', name));
    await post.state(...failing('bad', 'api'), ...failing('bad', 'db'));
    for (const name of ['three', 'four']) await post.state(...updated('a', name));
    await post.pass(hour);
    post.answers(() => sent);
    await post.pass(hour);
    assert.deepEqual(kinds(post.arrived), ['event', 'event', 'event', 'event', 'digest']);
    assert.deepEqual(names(post.arrived, 'recreated'), ['one', 'two', '', '', 'four,three']);
    assert.deepEqual(names(post.arrived, 'failed').slice(2, 4), ['api', 'db']);
  });

  test('what was put together stays so, under one id, over restarts', async (t) => {
    const post = createPost(t);
    post.answers(({ message }) => (message.kind === 'digest' ? down : sent));
    await post.state(...updated('a', 'one'));
    const quiet = new Date(post.clock.now().getTime() + hour).toISOString();
    await post.journal.append({ kind: 'order', order: 'snooze', time: quiet, instance: 'ops', until: quiet });
    for (const name of ['two', 'three']) await post.state(...updated('a', name));
    await post.pass(hour + minute);
    await post.restart();
    await post.state(...updated('a', 'four'));
    await post.pass(hour);
    const digests = post.attempts.filter(({ message }) => message.kind === 'digest');
    assert.ok(digests.length > 2);
    assert.equal(new Set(digests.map(({ context }) => context.id)).size, 1);
    assert.equal(digests.at(-1)?.context.attempt, digests.length);
    assert.deepEqual([...new Set(names(digests, 'recreated'))], ['three,two']);
    post.answers(() => sent);
    await post.pass(hour);
    assert.deepEqual(names(post.arrived, 'recreated'), ['one', 'three,two', 'four']);
  });
});

describe('what a service cannot take', () => {
  const forms = (attempts: readonly Arrived[]) => attempts.map(({ context }) => context.form);

  test('is made smaller and then plain, at once', async (t) => {
    const post = createPost(t);
    post.answers(({ context }) => (context.form === 'text' ? sent : { outcome: 'shrink', why: 'answered 413' }));
    await post.state(...updated());
    assert.deepEqual(forms(post.attempts), ['full', 'compact', 'text']);
    assert.equal(post.clock.elapsed(), 0);
    assert.equal(new Set(post.attempts.map(({ context }) => context.id)).size, 1);
  });

  test('goes out as plain text where the format was refused', async (t) => {
    const post = createPost(t);
    post.answers(({ context }) => (context.form === 'text' ? sent : { outcome: 'downgrade', why: 'answered 400' }));
    await post.state(...updated());
    assert.deepEqual(forms(post.attempts), ['full', 'text']);
    assert.equal(post.arrived.length, 1);
  });

  test('is given up where even plain text is refused', async (t) => {
    const post = createPost(t);
    post.answers(() => ({ outcome: 'shrink', why: 'answered 413' }));
    await post.state(...updated());
    await post.pass(hour);
    assert.deepEqual(forms(post.attempts), ['full', 'compact', 'text']);
    assert.deepEqual(
      post.facts.flatMap((stated) => (stated.type === 'failed' ? stated.problem.code : [])),
      ['DELIVERY_GIVEN_UP'],
    );
  });
});
