import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { BelfryEvent, ImageVersion, ReportItem } from '../../core/events.ts';
import { digestReport, eventReport, runReport } from '../../core/notifier/build-report.ts';
import { eventText } from '../../core/notifier/event-text.ts';
import type { Known } from '../../core/notifier/item.ts';
import { lists } from '../../core/notifier/report.ts';
import { sampleReport } from '../../core/notifier/sample.ts';
import { hasNews, selectReport } from '../../core/notifier/select.ts';
import { say } from '../journal/sample.ts';
import { reportFixtures, sampleFinished, sampleLine } from '../kit/reports.ts';
import { sampleVersion, sampleWorkload } from '../kit/samples.ts';
import { anyReport } from './arbitrary.ts';

const now = new Date('2026-08-22T12:00:00Z');
const about = { id: 'msg_1', now };
const line = (name: string, state: ReportItem['state'], own: Partial<ReportItem> = {}) =>
  sampleLine(name, { state, ...own });
const run = (...items: readonly ReportItem[]) => runReport(sampleFinished(items), about);
const down = { outcome: 'down', problem: { code: 'ROLLBACK_FAILED', message: 'no', hint: '' } } as const;
const refusal = (by: string, code: string) => ({ by, problem: { code, message: 'not now', hint: '' } });

describe('a report', () => {
  test('is plain frozen JSON without a missing field', () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        assert.deepEqual(JSON.parse(JSON.stringify(report)), report);
        assert.ok(Object.isFrozen(report) && Object.isFrozen(report.counts));
      }),
      { numRuns: 40 },
    );
  });

  test('says in its title what happened and whether someone must act', () => {
    const titles: readonly (readonly [string, readonly ReportItem[]])[] = [
      ['1 container DOWN on nas-01: act now', [line('a', 'failed', down), line('b', 'failed'), line('c', 'recreated')]],
      ['2 updates failed on nas-01: have a look', [line('a', 'failed'), line('b', 'failed')]],
      ['1 updated on nas-01, nothing to do', [line('a', 'recreated'), line('b', 'available')]],
      ['1 update available on nas-01, when it suits you', [line('a', 'available', refusal('core', 'MONITOR_ONLY'))]],
      ['1 update held back on nas-01, nothing to do', [line('a', 'available', refusal('window', 'GATE_REFUSED'))]],
      ['All up to date on nas-01, nothing to do', []],
    ];
    for (const [title, items] of titles) assert.equal(run(...items).title, title);
    const dry = sampleFinished([line('a', 'available', refusal('core', 'DRY_RUN'))], { dryRun: true });
    assert.equal(runReport(dry, about).title, '1 container would be updated on nas-01, nothing to do');
  });

  test('says of an update that broke off with Belfry what became of it, and that there is nothing to do', () => {
    const undone = { code: 'RECOVERED', message: 'Belfry was stopped in the middle of this update', hint: 'Nothing.' };
    const own = { outcome: 'rolled-back', phase: 'recover', problem: undone } as const;
    const { id, time, host, cycle } = say.started();
    const recovered = { id, time, host, cycle, type: 'recovered', found: 'main + old' } as const;
    const workload = sampleWorkload({ name: 'web' });
    const [from, to] = [sampleVersion({ version: '1' }), sampleVersion({ version: '2' })];
    const back = { ...recovered, workload, outcome: 'rolled-back', from, to } as const;
    for (const report of [run(line('web', 'failed', own)), eventReport(back, about)]) {
      assert.match(report.title, /^1 interrupted update put in order on .*, nothing to do$/);
      assert.deepEqual([report.severity, report.action, report.counts.failed], ['notice', 'none', 0]);
      assert.equal(report.recovered[0]?.consequence, 'it is as it was before');
    }
    assert.match(run(line('web', 'failed', { ...own, outcome: 'down' })).title, /DOWN/);
    const finished = eventReport({ ...back, outcome: 'updated' }, about);
    assert.match(finished.title, /^1 updated on .*, nothing to do$/);
    assert.deepEqual(
      finished.recreated.map(({ change, consequence }) => [change, consequence]),
      [['1 → 2', 'its interrupted update was finished']],
    );
    const before = { failedSince: '2026-08-20T00:00:00.000Z' };
    const undoneSince = eventReport(back, { ...about, known: () => before });
    assert.match(undoneSince.title, /^1 interrupted update put in order/);
    assert.equal(undoneSince.recovered[0]?.consequence, 'it is as it was before');
    const up = eventReport({ ...recovered, workload, outcome: 'unchanged' }, { ...about, known: () => before });
    assert.match(up.title, /^1 container recovered/);
    assert.equal(up.recovered[0]?.consequence, 'all is well with it again');
  });

  test('says of a rollback that somebody asked for that it is one', () => {
    const back = line('a', 'recreated', { phase: 'rollback', downtimeMs: 400 });
    const report = run(back);
    assert.equal(report.title, '1 rolled back by hand on nas-01, nothing to do');
    assert.equal(report.recreated[0]?.consequence, 'rolled back by hand, down for 0.4 s');
    assert.match(run(back, line('b', 'recreated')).summary, /^1 updated, 1 rolled back by hand/);
    const event = { ...say.recreated('old'), rollback: true } as BelfryEvent;
    assert.match(eventReport(event, about).title, /^1 rolled back by hand/);
    assert.match(eventText(event), /^web: rolled back by hand /);
  });

  test('names what is down first, then by name, and counts what it lists', () => {
    const report = run(line('b', 'failed'), line('a', 'failed'), line('z', 'failed', down), line('c', 'recreated'));
    assert.deepEqual(
      report.failed.map(({ name, n, last }) => [name, n, last]),
      [
        ['z', 1, false],
        ['a', 2, false],
        ['b', 3, true],
      ],
    );
    assert.deepEqual([report.outcome, report.severity, report.action], ['partial', 'error', 'now']);
    assert.deepEqual([report.counts.failed, report.counts.down, report.counts.checked], [3, 1, 35]);
    assert.equal(report.summary, '1 down, 2 failed, 1 updated, 31 up to date');
  });

  test('of a failure says what became of the container and what its undoing took', () => {
    const rollback = { status: 'ok', durationMs: 11_200, running: true } as const;
    const problem = { code: 'UNHEALTHY', message: 'it answered 500', hint: 'Look.' };
    const { failed } = run(
      line('a', 'failed', {
        outcome: 'rolled-back',
        from: sampleVersion(),
        phase: 'verify',
        exitCode: 3,
        rollback,
        problem,
      }),
    );
    assert.equal(failed[0]?.consequence, 'rolled back to 1.0.0 in 11 s, running');
    assert.equal(failed[0]?.reason, 'health: it answered 500');
    assert.equal(failed[0]?.exitCode, 3);
    assert.equal(failed[0]?.rollback?.to?.label, '1.0.0');
  });

  test('of an event alone tells of that', () => {
    const titleOf = (event: BelfryEvent) => eventReport(event, about).title;
    assert.equal(titleOf(say.found('new')), '1 update available on nas-01, when it suits you');
    assert.equal(titleOf(say.rolledBack('new')), '1 update failed on nas-01: have a look');
    assert.equal(titleOf(say.recreated('new')), '1 updated on nas-01, nothing to do');
    assert.equal(titleOf(say.skipped()), '1 left as they are on nas-01, nothing to do');
    assert.equal(eventReport(say.finished(), about).kind, 'run');
    const report = eventReport(say.recreated('new'), about);
    assert.deepEqual([report.kind, report.cycle.cycles, report.recreated[0]?.name], ['event', 0, 'web']);
  });

  test('of several cycles tells the last of each container, from where its first update began', () => {
    const version = (text: string) => sampleVersion({ version: text });
    const step = (from: string, to: string) => ({ from: version(from), to: version(to) });
    const cycles = [
      sampleFinished([
        line('a', 'recreated', step('1', '2')),
        line('b', 'failed'),
        line('c', 'failed'),
        line('d', 'available'),
      ]),
      sampleFinished([line('a', 'recreated', step('2', '3')), line('b', 'recreated'), line('d', 'recreated')], {
        seconds: 19,
      }),
    ];
    const report = digestReport(cycles, about);
    assert.deepEqual([report.cycle.cycles, report.cycle.duration], [2, '4 m']);
    assert.deepEqual(
      report.recreated.map(({ name, change }) => [name, change]),
      [
        ['a', '1 → 3'],
        ['d', null],
      ],
    );
    assert.deepEqual(
      report.failed.map(({ name }) => name),
      ['c'],
    );
    assert.deepEqual(
      report.recovered.map(({ name, failedSince }) => [name, failedSince]),
      [['b', '2026-08-22T02:07:22.000Z']],
    );
  });

  describe('of several cycles, some of which could not check', () => {
    const unchecked = line('a', 'failed', { phase: 'check', outcome: 'unchanged' });
    const rolledBack = line('a', 'failed', { phase: 'verify', outcome: 'rolled-back' });
    const well = line('a', 'restarted', { seconds: null });
    const merged = (items: readonly ReportItem[], known?: Known) => {
      const cycles = items.map((item) => sampleFinished([item]));
      const report = digestReport(cycles, { ...about, ...(known && { known: () => known }) });
      return lists.flatMap((list) => report[list].map(({ phase }) => (phase === null ? list : `${list} ${phase}`)));
    };

    test('keeps what they cannot know better', () => {
      assert.deepEqual(merged([rolledBack, unchecked, line('a', 'available')]), ['failed verify']);
      assert.deepEqual(merged([rolledBack, unchecked, well]), ['recovered']);
      assert.deepEqual(merged([line('a', 'recreated'), line('a', 'available')]), ['recreated']);
      assert.deepEqual(merged([line('a', 'recreated'), unchecked]), ['recreated']);
      assert.deepEqual(merged([line('a', 'recreated'), unchecked, well]), ['recreated']);
      assert.deepEqual(merged([line('a', 'recreated'), unchecked], { uncheckedSince: 'then' }), ['recreated']);
      assert.deepEqual(merged([line('a', 'recreated'), unchecked], { failedSince: 'then' }), ['recovered']);
    });

    test('tells of them where there is no more to tell', () => {
      assert.deepEqual(merged([line('a', 'available'), unchecked]), ['failed check']);
      assert.deepEqual(merged([unchecked, rolledBack]), ['failed verify']);
      assert.deepEqual(merged([unchecked, line('a', 'available')]), ['available']);
      assert.deepEqual(merged([unchecked, line('a', 'recreated')]), ['recovered']);
    });

    test('says that it can be checked again only where it can', () => {
      assert.deepEqual(merged([unchecked, well]), ['recovered check']);
      assert.deepEqual(merged([unchecked, well, unchecked]), ['failed check']);
      assert.deepEqual(merged([well, unchecked], { uncheckedSince: 'then' }), ['failed check']);
      assert.deepEqual(merged([well, unchecked], { failedSince: 'then' }), ['recovered']);
    });
  });

  test('for a test says so', () => {
    const report = sampleReport('mixed', { ...about, host: 'nas-01' });
    assert.deepEqual([report.kind, report.title], ['test', 'Test: 1 update failed on nas-01: have a look']);
  });

  test('holds no list that the fixtures leave out', () => {
    for (const list of lists)
      assert.ok(
        reportFixtures.some(({ report }) => report[list].length > 0),
        list,
      );
  });
});

describe('the versions of a report', () => {
  const d = (sign: string) => `sha256:${sign.repeat(64)}`;
  const from = (own: Partial<ImageVersion> = {}) => sampleVersion({ digest: d('a'), ...own });
  const to = (own: Partial<ImageVersion> = {}) => sampleVersion({ digest: d('b'), ...own });
  const changeOf = (before: ImageVersion, after: ImageVersion) =>
    run(line('x', 'recreated', { from: before, to: after })).recreated[0]?.change;

  const cases: readonly (readonly [string, Partial<ImageVersion>, Partial<ImageVersion>, string])[] = [
    ['differ', { version: '3.4.1' }, { version: '3.5.0' }, '3.4.1 → 3.5.0'],
    ['are alike, and the commits are not', { revision: 'abc1234' }, { revision: 'def5678' }, '1.0.0 (rebuilt)'],
    [
      'are alike, and the tag is the version',
      { reference: 'web:1.0.0' },
      { reference: 'web:1.0.0' },
      '1.0.0 (rebuilt)',
    ],
    [
      'repeat those of the base image',
      { version: '24.04' },
      { version: '24.04', reference: 'acme/app:latest' },
      'aaaaaaaa → bbbbbbbb',
    ],
    [
      'are not stated',
      { version: null, reference: 'x:latest' },
      { version: null, reference: 'x:latest' },
      'aaaaaaaa → bbbbbbbb',
    ],
    [
      'are not stated, but the tag says something',
      { version: null, reference: 'x:v3' },
      { version: null, reference: 'x:v3' },
      'v3 aaaaaaaa → bbbbbbbb',
    ],
    ['are tags', { version: null, reference: 'x:3' }, { version: null, reference: 'x:4' }, '3 → 4'],
  ];
  for (const [what, before, after, change] of cases) {
    test(`${what}: ${change}`, () =>
      assert.equal(changeOf(from({ reference: 'acme/app:latest', ...before }), to(after)), change));
  }

  test('that go back are marked', () => {
    const { recreated } = run(
      line('x', 'recreated', { from: from({ version: '2.1.0' }), to: to({ version: '2.0.9' }) }),
    );
    assert.equal(recreated[0]?.downgrade, true);
  });

  const a = 'a'.repeat(40);
  const b = 'b'.repeat(40);
  const compared: readonly (readonly [string, string | null])[] = [
    ['https://github.com/acme/web', `https://github.com/acme/web/compare/${a}...${b}`],
    ['git@github.com:acme/web.git', `https://github.com/acme/web/compare/${a}...${b}`],
    ['git+https://user:pw@github.com/acme/web/tree/main/x?y#z', `https://github.com/acme/web/compare/${a}...${b}`],
    ['https://codeberg.org/acme/web', `https://codeberg.org/acme/web/compare/${a}...${b}`],
    ['https://gitlab.com/acme/web', `https://gitlab.com/acme/web/-/compare/${a}...${b}`],
    ['https://bitbucket.org/acme/web', `https://bitbucket.org/acme/web/branches/compare/${b}..${a}`],
    ['https://example.org/acme/web', null],
    ['javascript:alert(1)', null],
    ['https://github.com/', null],
  ];
  for (const [source, compare] of compared) {
    test(`lead from ${source} to what changed`, () => {
      const item = line('x', 'recreated', {
        from: from({ source, revision: a }),
        to: to({ source, revision: b, version: '2' }),
      });
      assert.equal(run(item).recreated[0]?.links.compare, compare);
    });
  }

  test('are compared by tags only where one of them is the image’s own', () => {
    const source = 'https://github.com/acme/web';
    const linkOf = (image: string) =>
      run(
        line('x', 'recreated', {
          workload: sampleWorkload({ image }),
          from: from({ source, version: 'v1.0.0' }),
          to: to({ source, version: 'v1.1.0' }),
        }),
      ).recreated[0]?.links;
    assert.equal(linkOf('acme/web:v1.1.0')?.compare, `${source}/compare/v1.0.0...v1.1.0`);
    assert.deepEqual(
      [linkOf('acme/web:latest')?.compare, linkOf('acme/web:latest')?.changes],
      [null, `${source}/releases`],
    );
  });
});

describe('the selection of a notifier', () => {
  const report = run(
    line('db', 'failed', {
      workload: sampleWorkload({ name: 'db', labels: { 'belfry.notify': 'ops' }, project: 'shop' }),
    }),
    line('web', 'recreated', { workload: sampleWorkload({ name: 'web', image: 'ghcr.io/acme/web:v1' }) }),
    line('cache', 'available'),
  );
  const names = (select: Parameters<typeof selectReport>[1]) => {
    const selected = selectReport(report, select);
    return lists.flatMap((list) => selected[list].map(({ name }) => name));
  };

  test('takes what fits all that is asked for', () => {
    assert.deepEqual(names(undefined), ['db', 'web', 'cache']);
    assert.deepEqual(names({ events: ['recreated', 'found'] }), ['web', 'cache']);
    assert.deepEqual(names({ severity: 'error' }), ['db']);
    assert.deepEqual(names({ name: ['w.*', 'cache'] }), ['web', 'cache']);
    assert.deepEqual(names({ label: ['belfry.notify=ops'] }), ['db']);
    assert.deepEqual(names({ label: ['belfry.notify'] }), ['db']);
    assert.deepEqual(names({ label: ['belfry.notify=dev', 'toString'] }), []);
    assert.deepEqual(names({ image: ['ghcr\\.io/acme/.*'], events: ['recreated'] }), ['web']);
    assert.deepEqual(names({ project: ['shop'] }), ['db']);
  });

  test('changes what the report says of itself', () => {
    const selected = selectReport(report, { name: ['web'] });
    assert.equal(selected.title, '1 updated on nas-01, nothing to do');
    assert.deepEqual([selected.outcome, selected.counts.failed, selected.recreated[0]?.last], ['changes', 0, true]);
    assert.equal(hasNews(selectReport(report, { name: ['nobody'] })), false);
  });
});
