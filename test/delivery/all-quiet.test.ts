import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { nextRuns } from '../../core/config/schedule.ts';
import { messageId } from '../../core/delivery/outbox.ts';
import type { BelfryEvent } from '../../core/events.ts';
import { memoryJournal } from '../../core/journal/memory-journal.ts';
import type { Report } from '../../core/notifier/report.ts';
import { selectReport } from '../../core/notifier/select.ts';
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

const day = 24 * hour;
const titles = (arrived: readonly Arrived[]) => arrived.map(({ message }) => message.report.title);
const times = (arrived: readonly Arrived[]) => arrived.map(({ at }) => at / hour);
const quietly = 'All quiet on nas-01, nothing to do';

// Tests begin on a Saturday at noon, UTC; Monday at nine is 45 hours later.
const monday = { allQuiet: '0 9 * * 1', timeZone: 'UTC' };
const firstMonday = 45;
const week = 7 * 24;

before(() => nextRuns('0 0 * * *', 'UTC'));

type Post = ReturnType<typeof createPost>;

/** Cycles twice a day that have nothing to tell. */
async function live(post: Post, days: number, cycle: () => readonly BelfryEvent[] = upToDate) {
  for (let half = 0; half < 2 * days; half += 1) {
    await post.state(...cycle());
    await post.pass(12 * hour);
  }
}

describe('a week without a message', () => {
  test('is told of at its time, every week, with what was checked since', async (t) => {
    const post = createPost(t, monday);
    await live(post, 14);
    assert.deepEqual(times(post.arrived), [firstMonday, firstMonday + week]);
    assert.deepEqual(titles(post.arrived), [quietly, quietly]);
    const report = post.arrived[1]?.message.report;
    assert.deepEqual([report?.kind, report?.severity, report?.action], ['all-quiet', 'info', 'none']);
    assert.equal(report?.summary, '0 containers checked in 14 cycles since 2026-08-24 09:00; all up to date');
    assert.equal(report?.cycle.cycles, 14);
    assert.notEqual(post.arrived[0]?.context.id, post.arrived[1]?.context.id);
  });

  test('goes by the clocks of a zone, and is asked for by nobody else', async (t) => {
    const post = createPost(t, { allQuiet: '0 9 * * 1', timeZone: 'Europe/Berlin' });
    const silent = createPost(t);
    await live(post, 3);
    await live(silent, 10);
    assert.deepEqual(times(post.arrived), [firstMonday - 2]);
    assert.deepEqual(silent.attempts, []);
  });

  test('lists what waits, and asks nothing of anyone', async (t) => {
    const post = createPost(t, monday);
    await live(post, 10, () => available('a'));
    assert.deepEqual(titles(post.arrived), ['1 update available on nas-01, when it suits you', quietly]);
    const report = post.arrived[1]?.message.report;
    assert.deepEqual([report?.severity, report?.available.length], ['info', 1]);
    assert.match(report?.summary ?? '', /; 1 update waits$/);
  });

  test('counts as up to date what was updated, where nobody wanted to hear of that', async (t) => {
    const select = (report: Report) => selectReport(report, { events: ['failed'] });
    const post = createPost(t, { ...monday, events: ['failed'], select });
    const cycle = () =>
      cycleOf(
        (of) => say.found('new', of),
        (of) => say.recreated('new', of),
        (of) => say.found('new', { ...of, name: 'api' }),
        (of) => held('new', { ...of, name: 'api' }),
      );
    await live(post, 3, cycle);
    assert.deepEqual(titles(post.arrived), [quietly]);
    const report = post.arrived[0]?.message.report;
    assert.match(report?.summary ?? '', /^2 containers checked .*; 1 update waits$/);
    assert.equal(report?.recreated.length, 0);
  });

  test('is none where something was sent in it', async (t) => {
    const post = createPost(t, monday);
    await live(post, 1);
    await post.state(...updated());
    await live(post, 13);
    assert.deepEqual(times(post.arrived), [24, firstMonday + week]);
  });

  test('is none where something is still to be sent', async (t) => {
    const post = createPost(t, monday);
    await live(post, 1);
    post.answers(() => down);
    await post.state(...failing());
    await live(post, 2, () => failing());
    post.answers(() => sent);
    await post.pass(hour);
    assert.equal(titles(post.arrived).includes(quietly), false);
    assert.notEqual(post.arrived.length, 0);
    const digest = createPost(t, { ...monday, delivery: 'digest', schedule: '0 4 * * 3' });
    await digest.state(...updated());
    await live(digest, 3);
    assert.deepEqual(digest.arrived, []);
  });

  test('is one also where reports wait that have nothing new to tell', async (t) => {
    const usual = () => cycleOf((of) => ({ ...say.skipped(of), to: null }) as BelfryEvent);
    const post = createPost(t, { ...monday, delivery: 'digest', schedule: '0 4 * * *' });
    await live(post, 3, usual);
    assert.deepEqual(titles(post.arrived), [quietly]);
  });

  test('is one after all where what was to be sent is dropped, or could not be read', async (t) => {
    const digest = { ...monday, delivery: 'digest', schedule: '0 4 * * 3' } as const;
    const dropped = createPost(t, digest);
    const news = updated();
    await dropped.state(...news);
    await live(dropped, 2);
    const message = messageId('ops', news.at(-1)?.id ?? '');
    const time = dropped.clock.now().toISOString();
    await dropped.journal.append({ kind: 'order', order: 'drop', time, instance: 'ops', message });
    await live(dropped, 14);
    assert.deepEqual(titles(dropped.arrived), [quietly, quietly, quietly]);
    assert.deepEqual(times(dropped.arrived).slice(1), [firstMonday + week, firstMonday + 2 * week]);

    const usual = () => cycleOf((of) => ({ ...say.skipped(of), to: null }) as BelfryEvent);
    const journal = memoryJournal();
    const read = t.mock.method(journal, 'read');
    const unreadable = createPost(t, { ...digest, schedule: '0 4 1 1 *' }, journal);
    await live(unreadable, 1, usual);
    await unreadable.pass(20 * hour);
    read.mock.mockImplementation(() => {
      throw new Error('the disk is gone');
    });
    await unreadable.pass(2 * hour);
    read.mock.restore();
    await live(unreadable, 1, usual);
    assert.deepEqual(titles(unreadable.arrived), [quietly]);
  });

  test('is none where no cycle ended in it', async (t) => {
    const post = createPost(t, monday);
    await post.pass(3 * day);
    assert.deepEqual(post.attempts, []);
  });

  test('keeps what cannot be checked for long from being called quiet', async (t) => {
    const post = createPost(t, { ...monday, unknownAfter: 0 });
    await live(post, 10, () => cycleOf((of) => say.unchecked('REGISTRY_TIMEOUT', of)));
    assert.deepEqual(
      titles(post.arrived),
      Array(2).fill('Could not check web on nas-01 since 2026-08-22 12:00: have a look'),
    );
  });
});

describe('over restarts', () => {
  test('it is said once for each time, under the same id until it has arrived', async (t) => {
    const post = createPost(t, monday);
    await live(post, 1);
    post.answers(() => down);
    await live(post, 1);
    await post.restart();
    await post.restart();
    post.answers(() => sent);
    await post.pass(hour);
    await post.restart();
    await live(post, 3);
    assert.deepEqual(titles(post.arrived), [quietly]);
    assert.equal(new Set(post.attempts.map(({ context }) => context.id)).size, 1);
  });

  test('what was missed is made up for by the first cycle, where that has no other news', async (t) => {
    const post = createPost(t, monday);
    await live(post, 1);
    await post.delivery()?.stop();
    await post.pass(2 * day);
    await post.restart();
    await post.pass(minute);
    assert.deepEqual(post.attempts, []);
    await post.state(...upToDate());
    await post.pass(minute);
    assert.deepEqual(times(post.arrived), [72 + 1 / 60]);
    await post.restart();
    await post.state(...upToDate());
    await post.pass(day);
    assert.equal(post.arrived.length, 1);

    const busy = createPost(t, monday);
    await live(busy, 1);
    await busy.delivery()?.stop();
    await busy.pass(2 * day);
    await busy.restart();
    await busy.state(...failing());
    await busy.pass(day);
    assert.deepEqual(titles(busy.arrived), ['1 update failed on nas-01: have a look']);
  });

  test('an instance that is new says nothing of the time before it', async (t) => {
    const old = createPost(t);
    await live(old, 3);
    const post = createPost(t, { ...monday, name: 'new' }, old.journal);
    await live(post, 1);
    assert.deepEqual(post.arrived, []);
  });
});

test('quiet hours and a snooze hold it too, and news that comes meanwhile takes its place', async (t) => {
  const post = createPost(t, { ...monday, quiet: { from: '08:00', to: '10:00', timeZone: 'UTC', except: ['failed'] } });
  await live(post, 3);
  assert.deepEqual(times(post.arrived), [firstMonday + 1]);
  const snoozed = createPost(t, monday);
  const until = new Date(snoozed.clock.now().getTime() + 3 * day).toISOString();
  await snoozed.journal.append({ kind: 'order', order: 'snooze', time: until, instance: 'ops', until });
  await live(snoozed, 2);
  await snoozed.state(...updated());
  await snoozed.pass(2 * day);
  assert.deepEqual(titles(snoozed.arrived), ['1 updated on nas-01, nothing to do']);
});
