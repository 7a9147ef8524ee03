import type { Finished, ReportItem } from '../events.ts';

/**
 * The lines of several cycles as one, oldest cycle first: the last of each workload counts, but an update tells from
 * where the first one began, and a failure stays until something shows that it is over.
 */
export function mergedLines(cycles: readonly Finished[]): {
  readonly lines: readonly ReportItem[];
  /** Since when the workloads had failed of which the last line says something better. */
  readonly failedSince: ReadonlyMap<string, string>;
} {
  const lines = new Map<string, ReportItem>();
  const failedSince = new Map<string, string>();
  for (const { items, time } of cycles) {
    for (const item of items) {
      const { name } = item.workload;
      const before = lines.get(name);
      if (item.state === 'failed' && !failedSince.has(name)) failedSince.set(name, time);
      lines.set(name, before === undefined ? item : later(before, item));
    }
  }
  for (const [name, { state }] of lines) if (state === 'failed') failedSince.delete(name);
  return { lines: [...lines.values()], failedSince };
}

function later(before: ReportItem, item: ReportItem): ReportItem {
  // That it could not be checked since changes nothing, and that it can be is the end of that.
  if (item.state === 'skipped' && item.phase === 'check') return before;
  if (before.state === 'failed' && before.phase === 'check') return item;
  // That nothing was done since changes nothing of what happened.
  if (item.state === 'skipped' && before.state !== 'available') return before;
  if (item.state === 'available' && before.state === 'failed') return before;
  if (before.state === 'recreated' && item.state === 'restarted') return before;
  if (before.state === 'recreated' && item.state === 'recreated') return { ...item, from: before.from, bump: null };
  return item;
}
