import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { nextRuns } from '../../core/config/schedule.ts';
import type { BelfryEvent } from '../../core/events.ts';
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
  noon,
  sent,
  updated,
  upToDate,
} from './post.ts';

// So that no test waits for it.
before(() => nextRuns('0 0 * * *', 'UTC'));

const day = 24 * hour;
const away = 'REGISTRY_UNREACHABLE';
const titles = (arrived: readonly Arrived[]) => arrived.map(({ message }) => message.report.title);
const deliveries = ['run', 'immediate', 'digest'] as const;
const since = new Date(noon).toISOString();

/** A cycle in which the check of a container fails, as it has done since noon. */
const unchecked = (code = away, name = 'web') => cycleOf((of) => say.unchecked(code, { ...of, name, since }));
/** A cycle that finds something newer, as it has found before. */
const found = () => available('known');

const behind = ({ cycle }: { readonly cycle: string }): BelfryEvent => {
  const { ending: _, ...checked } = say.upToDate({ cycle }) as BelfryEvent & { readonly ending: true };
  return { ...checked, upToDate: false } as BelfryEvent;
};

describe('a registry that is away', () => {
  for (const delivery of deliveries) {
    test(`${delivery}: is told of once after the set time, with since when, also by runs that end in between`, async (t) => {
      const post = createPost(t, { delivery, unknownAfter: day, schedule: '0 4 * * *' });
      for (let cycle = 0; cycle < 30; cycle += 1) {
        await post.state(...unchecked());
        await post.pass(hour);
        await post.restart();
      }
      const [first, ...others] = post.arrived;
      assert.equal(first?.message.report.title, 'Could not check web on nas-01 since 2026-08-22 12:00: have a look');
      assert.equal(first?.at, day);
      const [item] = first?.message.report.failed ?? [];
      assert.deepEqual([item?.phase, item?.failedSince, item?.code], ['check', since, away]);
      assert.equal(item?.consequence, 'it could not be checked since 2026-08-22 12:00');
      assert.equal(first?.message.report.summary, '1 could not be checked');
      assert.deepEqual(others, []);
    });

    test(`${delivery}: can be checked again: that is told, once, and only where the failure was`, async (t) => {
      const post = createPost(t, { delivery, unknownAfter: day, schedule: '0 4 * * *' });
      await post.state(...unchecked(), ...upToDate());
      await post.pass(day);
      assert.deepEqual(titles(post.arrived), []);
      await post.state(...unchecked());
      await post.restart();
      await post.state(...upToDate(), ...upToDate());
      await post.restart();
      await post.state(...upToDate());
      await post.pass(hour);
      assert.deepEqual(titles(post.arrived).slice(1), ['web can be checked again on nas-01, nothing to do']);
      const [item] = post.arrived[1]?.message.report.recovered ?? [];
      assert.deepEqual([item?.consequence, item?.failedSince], ['it can be checked again', since]);
    });
  }

  test('is told of at once where no time is set, and again as often as asked for', async (t) => {
    const post = createPost(t, { unknownAfter: 0, remind: 7 * day });
    for (let cycle = 0; cycle < 8; cycle += 1) {
      await post.state(...unchecked());
      await post.pass(day);
    }
    assert.deepEqual(
      post.arrived.map(({ at }) => at / day),
      [0, 7],
    );
  });

  test('that was away for a while counts as skipped in a report with other news, and takes nothing from a digest', async (t) => {
    const post = createPost(t, { unknownAfter: day });
    const both = cycleOf(
      (of) => say.unchecked(away, { ...of, name: 'api', since }),
      (of) => say.found('new', of),
      (of) => say.recreated('new', of),
    );
    await post.state(...both);
    const [report] = post.arrived.map(({ message }) => message.report);
    assert.deepEqual([report?.title, report?.counts.skipped], ['1 updated on nas-01, nothing to do', 1]);
    const digest = createPost(t, { delivery: 'digest', schedule: '0 4 * * *', unknownAfter: day });
    await digest.state(...available('a'), ...unchecked());
    await digest.pass(day);
    assert.deepEqual(titles(digest.arrived), ['1 update available on nas-01, when it suits you']);
  });

  test('wakes nobody in the night', async (t) => {
    const quiet = { from: '11:00', to: '16:00', timeZone: 'UTC', except: ['failed'] } as const;
    const post = createPost(t, { unknownAfter: day, quiet });
    const both = cycleOf(
      (of) => say.unchecked(away, { ...of, name: 'api', since }),
      (of) => say.found('new', of),
      (of) => say.recreated('new', of),
    );
    await post.state(...both);
    await post.pass(hour);
    assert.deepEqual(titles(post.arrived), []);
  });
});

describe('a second outage', () => {
  const wanted = [
    ['recovered', undefined],
    ['failed only', { events: ['failed'] }],
    ['errors only', { severity: 'error' }],
  ] as const;
  for (const [what, select] of wanted) {
    test(`is told of also to those who hear of ${what}`, async (t) => {
      const selected = select && { select: (report: Report) => selectReport(report, select) };
      const post = createPost(t, { unknownAfter: day, remind: null, ...selected });
      for (const start of [0, 3 * day]) {
        const begun = new Date(noon + start).toISOString();
        await post.pass(start - post.clock.elapsed());
        for (let cycle = 0; cycle < 4; cycle += 1) {
          await post.state(...cycleOf((of) => say.unchecked(away, { ...of, since: begun })));
          await post.pass(12 * hour);
        }
        await post.state(...upToDate());
        await post.restart();
      }
      assert.deepEqual(
        titles(post.arrived).filter((title) => title.startsWith('Could not check')),
        ['2026-08-22', '2026-08-25'].map((date) => `Could not check web on nas-01 since ${date} 12:00: have a look`),
      );
    });
  }
});

describe('what does not pass by itself', () => {
  for (const delivery of deliveries) {
    test(`${delivery}: is told at once, and once`, async (t) => {
      const post = createPost(t, { delivery, unknownAfter: day, schedule: '0 4 * * *' });
      for (let cycle = 0; cycle < 3; cycle += 1) {
        await post.state(...unchecked('REGISTRY_UNAUTHORIZED'));
        await post.pass(hour);
      }
      assert.equal(post.arrived.length, 1);
      assert.match(titles(post.arrived)[0] ?? '', /^Could not check web/);
    });
  }

  test('is news where before the registry was only away, and not the other way round', async (t) => {
    const post = createPost(t, { unknownAfter: 0 });
    const codes = [away, 'REGISTRY_TIMEOUT', 'REGISTRY_UNAUTHORIZED', away, 'REGISTRY_NOT_FOUND'];
    for (const code of codes) await post.state(...unchecked(code));
    assert.deepEqual(
      post.arrived.map(({ message }) => message.report.failed[0]?.code),
      [away, 'REGISTRY_UNAUTHORIZED', 'REGISTRY_NOT_FOUND'],
    );
  });
});

describe('beside other failures', () => {
  test('each container that cannot be checked is news for itself', async (t) => {
    const post = createPost(t, { unknownAfter: 0 });
    const two = cycleOf(
      (of) => say.unchecked(away, { ...of, name: 'api', since }),
      (of) => say.unchecked(away, { ...of, name: 'web', since }),
    );
    await post.state(...unchecked(), ...two);
    assert.equal(titles(post.arrived)[1], 'Could not check 2 containers on nas-01 since 2026-08-22 12:00: have a look');
  });

  test('an update that failed comes first, and fails anew in each cycle', async (t) => {
    const post = createPost(t, { unknownAfter: 0 });
    const two = () =>
      cycleOf(
        (of) => say.unchecked(away, { ...of, name: 'api', since }),
        (of) => say.rolledBack('bad', of),
      );
    await post.state(...two(), ...two());
    assert.deepEqual(titles(post.arrived), Array(2).fill('1 update failed on nas-01: have a look'));
    assert.equal(post.arrived[0]?.message.report.summary, '1 rolled back, 1 could not be checked');
  });

  test('a container whose update failed is not recovered because it could be checked', async (t) => {
    const post = createPost(t, { unknownAfter: day });
    await post.state(...failing());
    await post.state(...unchecked());
    await post.state(...cycleOf(behind));
    assert.equal(post.arrived.length, 1);
  });
});

describe('an update that failed, and then a check', () => {
  const refused = () => unchecked('REGISTRY_UNAUTHORIZED');

  test('is told of first where the destination was away meanwhile', async (t) => {
    const post = createPost(t, { unknownAfter: day });
    post.answers(() => down);
    await post.state(...updated('new', 'api'));
    for (const cycle of [failing(), refused(), available()]) {
      await post.pass(hour);
      await post.state(...cycle);
    }
    await post.pass(hour);
    post.answers(() => sent);
    await post.pass(hour);
    assert.deepEqual(titles(post.arrived), [
      '1 updated on nas-01, nothing to do',
      '1 update failed on nas-01: have a look',
    ]);
    await post.state(...refused());
    assert.match(titles(post.arrived)[2] ?? '', /^Could not check web/);
  });

  for (const delivery of deliveries) {
    test(`${delivery}: is not over when the check is`, async (t) => {
      const post = createPost(t, { delivery, unknownAfter: day, schedule: '0 4 * * *' });
      const steps = [failing(), refused(), cycleOf(behind), cycleOf(behind), upToDate(), upToDate()];
      for (const cycle of steps) {
        await post.state(...cycle);
        await post.pass(minute);
        await post.restart();
      }
      assert.deepEqual(
        titles(post.arrived).filter((title) => !title.includes('available')),
        [
          '1 update failed on nas-01: have a look',
          'Could not check web on nas-01 since 2026-08-22 12:00: have a look',
          'web can be checked again on nas-01, nothing to do',
          '1 container recovered on nas-01, nothing to do',
        ],
      );
    });
  }

  test('is recovered by a good update, also where the bad one was found again', async (t) => {
    const post = createPost(t, { unknownAfter: day });
    await post.state(...failing(), ...refused(), ...foundAgain(), ...foundAgain(), ...updated('good'));
    const reports = post.arrived.map(({ message }) => message.report);
    assert.deepEqual(
      reports.map(({ counts: { failed, held, available, recovered } }) => [failed, held + available, recovered]),
      [
        [1, 0, 0],
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
    );
    assert.equal(reports[2]?.available[0]?.phase, 'check');
  });

  test('the other way round ends what could not be checked', async (t) => {
    const post = createPost(t, { unknownAfter: day });
    const failingAgain = () =>
      cycleOf(
        behind,
        (of) => say.found('bad', of),
        (of) => say.rolledBack('bad', of),
      );
    await post.state(...refused(), ...failingAgain(), ...cycleOf(behind));
    await post.restart();
    await post.state(...cycleOf(behind));
    assert.equal(post.arrived.length, 2);
  });
});

const foundAgain = () =>
  cycleOf(
    behind,
    (of) => say.found('known', of),
    (of) => held('known', { ...of, name: 'web' }),
  );

describe('a digest after a failure whose end was told', () => {
  const broken = { check: () => unchecked('REGISTRY_UNAUTHORIZED'), update: failing };
  for (const [what, breaks] of Object.entries(broken)) {
    for (const restarts of [false, true]) {
      test(`${what}: tells of neither again${restarts ? ', also over restarts' : ''}`, async (t) => {
        const post = createPost(t, { delivery: 'digest', schedule: '0 4 * * *', unknownAfter: day });
        await post.state(...breaks());
        for (let cycle = 0; cycle < 50; cycle += 1) {
          await post.pass(hour);
          if (restarts) await post.restart();
          await post.state(...upToDate());
        }
        assert.equal(post.arrived.length, 2);
        assert.equal(post.arrived[1]?.message.report.recovered.length, 1);
      });
    }
  }

  test('says that it is over, beside what else there is', async (t) => {
    const post = createPost(t, { delivery: 'digest', schedule: '0 4 * * *', unknownAfter: day });
    await post.state(...broken.check());
    await post.pass(hour);
    await post.state(...upToDate(), ...updated('new', 'api'));
    await post.pass(day);
    const last = post.arrived.at(-1)?.message.report;
    assert.equal(last?.title, 'web can be checked again on nas-01, nothing to do');
    assert.equal(last?.summary, '1 recovered, 1 updated');
  });

  test('tells it where the message of its own was held until then', async (t) => {
    const post = createPost(t, { delivery: 'digest', schedule: '0 4 * * *', unknownAfter: day });
    await post.state(...broken.check());
    const until = new Date(noon + day).toISOString();
    await post.journal.append({ kind: 'order', order: 'snooze', time: until, instance: 'ops', until });
    await post.state(...upToDate());
    await post.pass(2 * day);
    assert.deepEqual(titles(post.arrived).slice(1), ['web can be checked again on nas-01, nothing to do']);
  });
});

describe('checked again', () => {
  test('is news of a container for which something known is available still', async (t) => {
    const post = createPost(t, { unknownAfter: 0 });
    await post.state(...found(), ...unchecked(), ...foundAgain(), ...foundAgain());
    assert.equal(post.arrived.length, 3);
    const [item] = post.arrived[2]?.message.report.available ?? [];
    assert.equal(item?.consequence, 'it can be checked again');
  });

  test('shows in what an update tells', async (t) => {
    const post = createPost(t, { unknownAfter: 0 });
    await post.state(...unchecked(), ...updated(), ...upToDate());
    assert.deepEqual(titles(post.arrived).slice(1), ['1 container recovered on nas-01, nothing to do']);
  });
});
