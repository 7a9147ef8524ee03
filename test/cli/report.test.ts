import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { previewText, removalText, reportTable } from '../../core/cli/report.ts';
import { createTerminal } from '../../core/cli/terminal.ts';
import { summarize } from '../../core/cycle/report.ts';
import type { BelfryEvent, Finished, ReportItem } from '../../core/events.ts';
import { emptyItem } from '../../core/report-item.ts';
import { sampleCleanupCandidate, sampleVersion, sampleWorkload } from '../kit/samples.ts';

const nothing = { write: () => {} };
const terminal = createTerminal({ stdout: nothing, stderr: nothing, colour: false });
const workload = sampleWorkload();
const [from, to] = [sampleVersion(), sampleVersion({ version: '1.1.0' })];
const problem = { code: 'UNHEALTHY', message: 'it answered 500', hint: '' };
const blank = { ...emptyItem, workload, from, to };

function finished(items: readonly ReportItem[], upToDate = 0): Finished {
  const facts = { cycle: 'c', trigger: 'manual', dryRun: false, startedAt: '', seconds: 1, upToDate, items } as const;
  return { ...summarize(facts), id: 'evt_1', time: '', host: 'nas' };
}
const linesOf = (items: readonly ReportItem[], events: readonly BelfryEvent[] = []) =>
  reportTable(finished(items, events.length), events, terminal).split('\n');

const current = (name: string): BelfryEvent => ({
  ...{ id: 'e', time: '', host: 'nas', cycle: 'c', type: 'checked', digest: null, upToDate: true, ending: true },
  workload: sampleWorkload({ name }),
});

describe('the table of a cycle', () => {
  const rows: readonly (readonly [ReportItem, string])[] = [
    [
      { ...blank, state: 'failed', outcome: 'down', problem },
      'DOWN web web:1 1.0.0 -> 1.1.0 it answered 500 (UNHEALTHY)',
    ],
    [
      { ...blank, state: 'failed', outcome: 'rolled-back', problem },
      'rolled back web web:1 1.0.0 -> 1.1.0 it answered 500 (UNHEALTHY)',
    ],
    [
      { ...blank, state: 'failed', outcome: 'unchanged', from: null, to: null, problem },
      'failed web web:1 it answered 500 (UNHEALTHY)',
    ],
    [{ ...blank, state: 'recreated', downtimeMs: 480 }, 'updated web web:1 1.0.0 -> 1.1.0 down for 0.5 s'],
    [{ ...blank, state: 'recreated' }, 'updated web web:1 1.0.0 -> 1.1.0'],
    [
      { ...blank, state: 'available', by: 'core', problem: { ...problem, code: 'DRY_RUN' } },
      'available web web:1 1.0.0 -> 1.1.0 would be updated',
    ],
    [
      { ...blank, state: 'available', by: 'night', problem: { ...problem, code: 'GATE_REFUSED', message: 'not now' } },
      'available web web:1 1.0.0 -> 1.1.0 not now (GATE_REFUSED by night)',
    ],
    [
      {
        ...blank,
        ...{ state: 'available', by: 'night', until: '2026-11-26T05:00:00.000Z' },
        problem: { ...problem, code: 'GATE_REFUSED', message: 'not now' },
      },
      'available web web:1 1.0.0 -> 1.1.0 not now (GATE_REFUSED by night), until 2026-11-26T05:00:00Z',
    ],
    [
      {
        ...blank,
        state: 'skipped',
        from: null,
        to: null,
        by: 'core',
        problem: { ...problem, code: 'PINNED', message: 'by digest' },
      },
      'skipped web web:1 by digest (PINNED)',
    ],
  ];
  for (const [item, row] of rows) {
    test(`says: ${row}`, () => {
      assert.equal(linesOf([item])[1]?.replace(/ {2,}/g, ' '), row);
    });
  }

  test('begins with what is down, ends with what is up to date, and counts it all', () => {
    const items: readonly ReportItem[] = [
      { ...blank, state: 'recreated' },
      { ...blank, state: 'failed', outcome: 'down', problem },
    ];
    const lines = linesOf(items, [current('db')]);
    assert.deepEqual(
      lines.map((line) => line.split(/ {2,}/)[0]),
      ['STATE', 'DOWN', 'updated', 'up to date', '', '1 down, 1 updated, 1 up to date'],
    );
  });

  test('has what is up to date by name, in whatever order registries answered', () => {
    const lines = linesOf([], [current('web'), current('app'), current('db')]);
    assert.deepEqual(
      lines.slice(1, 4).map((line) => line.split(/ {2,}/)[1]),
      ['app', 'db', 'web'],
    );
  });

  test('is only a sentence where there is nothing to watch', () => {
    assert.deepEqual(linesOf([]), ['nothing to watch']);
  });
});

describe('an image that would be removed', () => {
  test('is told by its reference, with its size and who left it', () => {
    const image = sampleCleanupCandidate({ references: ['web@sha256:1'], bytes: 48_200_000 });
    assert.equal(removalText(image), 'would remove web@sha256:1 (48.2 MB, left behind by web)');
    const stray = sampleCleanupCandidate({ imageId: 'sha256:2', references: [], bytes: 0, replacedBy: null });
    assert.equal(removalText(stray), 'would remove sha256:2 (0.0 MB, no tag names it)');
  });
});

describe('a preview', () => {
  const preview = {
    ...{
      workload,
      from,
      to,
      refusal: null,
      code: null,
      by: null,
      until: null,
      follows: [],
      files: [],
      notPreserved: [],
      recreates: [],
      restarts: [],
    },
    rollback: 'original',
  } as const;

  test('says what would be done', () => {
    assert.equal(
      previewText(preview, terminal),
      'web  1.0.0 -> 1.1.0\n  would be updated\n  rollback: the original container itself',
    );
  });

  test('says why not, what follows, and what would not come back', () => {
    const refused = { refusal: 'not now', code: 'GATE_REFUSED', by: 'night', until: '2026-11-26T05:00:00.000Z' };
    const all = { ...preview, ...refused, follows: ['Config.User: "a" -> nothing'], notPreserved: ['its log'] };
    assert.deepEqual(
      previewText({ ...all, rollback: 're-create' }, terminal)
        .split('\n')
        .slice(1),
      [
        '  would be left as it is: not now (GATE_REFUSED by night), until 2026-11-26T05:00:00Z',
        '  follows the new image: Config.User: "a" -> nothing',
        '  cannot be preserved: its log',
        '  rollback: made again from its settings (--rm)',
      ],
    );
  });
});
