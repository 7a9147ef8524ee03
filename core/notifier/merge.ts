import type { Finished, ReportItem } from '../events.ts';
import { isWellAgain, type Known } from './item.ts';

interface Merged {
  readonly lines: readonly ReportItem[];
  /** What is known of a workload then: also since when it had failed, where its line says something better. */
  readonly known: (name: string) => Known;
}

/**
 * The lines of several cycles as one, oldest cycle first: the last of each workload counts, but an update tells from
 * where the first one began, and a failure stays until something shows that it is over.
 */
export function mergedLines(cycles: readonly Finished[], before: (name: string) => Known = () => ({})): Merged {
  const lines = new Map<string, ReportItem>();
  const failedSince = new Map<string, string>();
  const uncheckedSince = new Map<string, string>();
  /** Those that could not be checked after what their line tells. */
  const unchecked = new Set<string>();
  for (const { items, time } of cycles) {
    for (const item of items) {
      const { name } = item.workload;
      const line = later(lines.get(name), item, before(name));
      lines.set(name, line);
      if (isUnchecked(item) && line !== item) unchecked.add(name);
      else if (!isHushed(item)) unchecked.delete(name);
      if (line !== item || item.state !== 'failed') continue;
      const since = isUnchecked(item) ? uncheckedSince : failedSince;
      if (!since.has(name)) since.set(name, item.since ?? time);
    }
  }
  return {
    lines: [...lines.values()],
    known(name) {
      const told = before(name);
      const { state } = lines.get(name) ?? {};
      if (state === 'failed') return told;
      const failed = failedSince.get(name);
      // What is available shows no end of what nobody was told.
      const since = state === 'available' ? undefined : uncheckedSince.get(name);
      const { uncheckedSince: _, ...rest } = told;
      return {
        ...(failed === undefined ? {} : { failedSince: failed }),
        ...(since === undefined ? {} : { uncheckedSince: since }),
        ...(unchecked.has(name) ? rest : told),
      };
    },
  };
}

function later(before: ReportItem | undefined, given: ReportItem, known: Known): ReportItem {
  const item = endsUnchecked(before, given, known) ? { ...given, phase: 'check' as const } : given;
  if (before === undefined) return item;
  // That it could not be checked since changes nothing, and that it can be is the end of that.
  if (isHushed(item)) return before;
  // Of what is not told now the next cycle tells again, if it still cannot be checked then.
  if (isUnchecked(item)) return saysLittle(before) ? item : before;
  if (isUnchecked(before)) return item;
  // That nothing was done since changes nothing of what happened.
  if (item.state === 'skipped' && before.state !== 'available') return before;
  // Of what is available the next cycle tells again.
  if (item.state === 'available' && (before.state === 'failed' || before.state === 'recreated')) return before;
  if (before.state === 'recreated' && item.state === 'restarted') return before;
  if (before.state === 'recreated' && item.state === 'recreated') return { ...item, from: before.from, bump: null };
  return item;
}

const isHushed = ({ state, phase }: ReportItem) => state === 'skipped' && phase === 'check';
const isUnchecked = ({ state, phase }: ReportItem) => state === 'failed' && phase === 'check';

/** No more than a check does. */
const saysLittle = ({ state, phase }: ReportItem) => phase === 'check' || state === 'available' || state === 'skipped';

/** Whether no more is over than that it could not be checked. */
function endsUnchecked(before: ReportItem | undefined, item: ReportItem, known: Known): boolean {
  if (!isWellAgain(item) || known.failedSince !== undefined) return false;
  if (before === undefined || isHushed(before)) return known.uncheckedSince !== undefined;
  return before.phase === 'check';
}
