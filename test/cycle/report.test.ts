import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { reportItem, summarize } from '../../core/cycle/report.ts';
import type { BelfryEvent, Found, ReportItem } from '../../core/events.ts';
import { say } from '../journal/sample.ts';

const found = (name: string) => say.found('new', { name }) as Found;
const item = (event: BelfryEvent, of?: Found) => reportItem(event, of) as ReportItem;

describe('a line of the report', () => {
  test('is there for what ends a workload’s part, and not for what is up to date', () => {
    assert.equal(reportItem(say.upToDate()), undefined);
    assert.equal(reportItem(say.found('new')), undefined);
    assert.equal(reportItem(say.started()), undefined);
    assert.equal(reportItem(say.finished()), undefined);
    assert.equal(item(say.skipped()).state, 'skipped');
  });

  test('of a skipped workload for which something newer was found says that it is available', () => {
    const available = item(say.skipped(), found('web'));
    assert.equal(available.state, 'available');
    assert.equal(available.to?.digest, 'new');
    assert.equal(available.bump, 'minor');
    assert.equal(available.problem?.code, 'MONITOR_ONLY');
    assert.notEqual(available.problem?.hint, '');
  });

  test('of a failure says in what state it left the workload', () => {
    const failed = item(say.rolledBack('new'), found('web'));
    assert.equal(failed.outcome, 'rolled-back');
    assert.equal(failed.from?.digest, 'old');
  });
});

test('a cycle’s end counts every workload and names the worst first, then by name', () => {
  const down = { ...item(say.rolledBack('new', { name: 'z' })), outcome: 'down' } as const;
  const items = [
    item(say.skipped({ name: 'f' })),
    item(say.skipped({ name: 'e' }), found('e')),
    item(say.recreated('new', { name: 'd' })),
    item(say.recreated('new', { name: 'c' })),
    item(say.rolledBack('new', { name: 'b' })),
    down,
  ];
  const terms = { cycle: 'c', trigger: 'schedule', dryRun: false, startedAt: '', seconds: 3 } as const;
  const finished = summarize({ ...terms, upToDate: 4, items });
  assert.deepEqual(
    finished.items.map(({ workload }) => workload.name),
    ['z', 'b', 'c', 'd', 'e', 'f'],
  );
  const { counts } = finished;
  assert.deepEqual(counts, {
    checked: 10,
    upToDate: 4,
    available: 1,
    recreated: 2,
    restarted: 0,
    skipped: 1,
    failed: 2,
    rolledBack: 1,
    down: 1,
  });
});
