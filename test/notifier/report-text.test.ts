import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { summarize } from '../../core/cycle/report.ts';
import type { Finished, ImageVersion, Outcome, ReportItem, Workload } from '../../core/events.ts';
import { type Report, reportText, runReport } from '../../core/notifier/index.ts';
import { emptyItem } from '../../core/report-item.ts';
import { version, workload } from '../journal/sample.ts';

const line = (name: string, more: Partial<ReportItem> & Pick<ReportItem, 'state'>): ReportItem => ({
  ...{ ...emptyItem, from: null, to: null },
  workload: workload(name),
  ...more,
});
const release = (name: string): ImageVersion => ({ ...version('app:latest', `sha256:${name}`), version: name });

function report(items: readonly ReportItem[], more: Partial<Finished> = {}): Report {
  const terms = { cycle: 'cyc_9zk3', trigger: 'schedule', dryRun: false, startedAt: '', seconds: 221 } as const;
  const finished = {
    ...summarize({ ...terms, upToDate: 31, items }),
    id: 'evt_1',
    time: noon,
    host: 'nas-01',
    ...more,
  };
  return runReport(finished, { id: 'msg_1', now: new Date(noon) });
}

const noon = '2026-08-22T12:00:00.000Z';

describe('the report as text', () => {
  test('says first what is worst, and then all the rest', () => {
    const items = [
      line('postgres', { state: 'recreated', from: release('16.9'), to: release('16.10'), bump: 'patch' }),
      line('traefik', { state: 'recreated', from: release('3.4.1'), to: release('3.5.0'), bump: 'minor' }),
      line('immich-server', {
        state: 'failed',
        outcome: 'rolled-back',
        from: release('1.136.0'),
        to: release('1.137.2'),
        bump: 'minor',
        phase: 'verify',
        problem: { code: 'UNHEALTHY', message: 'unhealthy after 90 s (3 failed probes)', hint: 'Look at its log.' },
        logTail: ['QueryFailedError: relation "stack" <missing> & aborted'],
      }),
      line('nextcloud', {
        state: 'available',
        from: release('29.0.14'),
        to: release('30.0.2'),
        bump: 'major',
        by: 'approvals',
        problem: { code: 'GATE_REFUSED', message: 'needs approval', hint: '' },
      }),
    ];
    assert.equal(
      reportText(report(items)),
      `FAILED  1 update failed on nas-01: have a look
        1 rolled back, 2 updated, 1 held back, 31 up to date (3 m 41 s)

Failed
  immich-server  1.136.0 -> 1.137.2  (minor)
    health: unhealthy after 90 s (3 failed probes)
    rolled back to 1.136.0
    Look at its log.
    | QueryFailedError: relation "stack" <missing> & aborted

Updated
  postgres  16.9 -> 16.10  (patch)
  traefik   3.4.1 -> 3.5.0  (minor)

Held back
  nextcloud  29.0.14 -> 30.0.2  (major)
    approvals: needs approval

run cyc_9zk3`,
    );
  });

  test('begins with what is down, wherever else something happened', () => {
    const problem = { code: 'ROLLBACK_FAILED', message: 'its port is taken', hint: '' };
    const text = reportText(report([line('db', { state: 'failed', outcome: 'down', problem })]));
    assert.match(text, /^DOWN {2}1 container DOWN on nas-01: act now\n {6}1 down, 31 up to date/);
    assert.match(text, /Failed\n {2}db\n {4}its port is taken\n {4}IT IS DOWN\n/);
  });

  test('shows digests where the versions look alike', () => {
    const from = version('registry:5000/app:latest', 'sha256:aaaaaaaaaaaa');
    const to = version('registry:5000/app:latest', 'sha256:bbbbbbbbbbbb');
    const text = reportText(report([line('web', { state: 'recreated', from, to, bump: 'digest' })]));
    assert.match(text, /web {2}aaaaaaaa -> bbbbbbbb\n/);
  });

  test('whatever names and messages hold, it stays plain, within 78 columns, and shows them as they are', () => {
    const text = fc.string({ unit: 'binary', maxLength: 120 });
    const image = fc.record({ reference: text, digest: fc.option(text), version: fc.option(text) });
    const item = fc.record({
      name: text,
      state: fc.constantFrom('failed', 'recreated', 'restarted', 'available', 'skipped'),
      outcome: fc.option(fc.constantFrom<Outcome>('unchanged', 'rolled-back', 'updated', 'down')),
      from: fc.option(image),
      to: fc.option(image),
      by: fc.option(text),
      message: text,
      logTail: fc.array(text),
    });
    fc.assert(
      fc.property(fc.array(item, { maxLength: 5 }), text, (items, host) => {
        const lines = items.map(({ name, message, ...rest }) => {
          const problem = { code: 'X', message, hint: message };
          return line(name, { ...rest, problem, from: rest.from as ImageVersion, to: rest.to as ImageVersion });
        });
        const rendered = reportText(report(lines, { host }));
        for (const row of rendered.split('\n')) assert.ok([...row].length <= 78, `${[...row].length}: ${row}`);
        assert.doesNotMatch(rendered.replaceAll('\n', ''), /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
    const odd = reportText(report([line('{{host}}<b>&amp;', { state: 'restarted' })]));
    assert.match(odd, / {2}\{\{host\}\}<b>&amp;\n/);
  });

  test('says when nothing was really done', () => {
    assert.match(
      reportText(report([], { dryRun: true })),
      /^DRY RUN {2}All up to date on nas-01, nothing to do\n +31 up to date \(dry run\)\n/,
    );
  });

  test('of a very long log tail shows the end', () => {
    const of: Workload = workload('web');
    const logTail = Array.from({ length: 20 }, (_, at) => `line ${at}`);
    const text = reportText(
      report([{ ...line('web', { state: 'failed', outcome: 'unchanged' }), workload: of, logTail }]),
    );
    assert.equal([...text.matchAll(/\| line/g)].length, 6);
    assert.match(text, /\| line 19\n/);
  });
});
