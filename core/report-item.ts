import type { Counts, ReportItem } from './events.ts';

/** A line of a report of which no more is known than whose it is and what became of it. */
export const emptyItem = {
  outcome: null,
  from: null,
  to: null,
  bump: null,
  by: null,
  problem: null,
  logTail: [],
  seconds: null,
  downtimeMs: null,
  phase: null,
  until: null,
  exitCode: null,
  rollback: null,
  timings: null,
  firstSeen: null,
  downloadBytes: null,
  since: null,
} as const satisfies Omit<ReportItem, 'workload' | 'state'>;

/** `failed` counts every failure; `rolledBack` and `down` say how many of them. */
export function countsOf(items: readonly ReportItem[], upToDate: number): Counts {
  const count = (wanted: Partial<ReportItem>) =>
    items.filter(({ state, outcome }) => state === (wanted.state ?? state) && outcome === (wanted.outcome ?? outcome))
      .length;
  return {
    checked: upToDate + items.length,
    upToDate,
    available: count({ state: 'available' }),
    recreated: count({ state: 'recreated' }),
    restarted: count({ state: 'restarted' }),
    skipped: count({ state: 'skipped' }),
    failed: count({ state: 'failed' }),
    rolledBack: count({ state: 'failed', outcome: 'rolled-back' }),
    down: count({ state: 'failed', outcome: 'down' }),
  };
}
