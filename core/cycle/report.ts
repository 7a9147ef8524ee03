import type { Problem } from '../errors/app-error.ts';
import { catalogue, isCode } from '../errors/catalogue.ts';
import type { BelfryEvent, Fact, Finished, Found, ReportItem, Skipped, Timings, Trigger } from '../events.ts';
import { countsOf, emptyItem } from '../report-item.ts';

/**
 * The report's line for the event that ended a workload's part in the cycle; undefined for an event that ends
 * nothing, and for `checked`: workloads that are up to date are only counted. `found` is what the same cycle found.
 */
export function reportItem(event: BelfryEvent, found?: Found, pulledMs?: number): ReportItem | undefined {
  if (!('ending' in event) || !event.workload) return undefined;
  const blank = {
    ...emptyItem,
    workload: event.workload,
    from: found?.from ?? null,
    to: found?.to ?? null,
    ...firstFound(found),
  };
  const bump = found?.bump ?? null;
  switch (event.type) {
    case 'skipped': {
      const { by, to } = event;
      const state = found === undefined ? 'skipped' : 'available';
      const until = event.until ?? null;
      return { ...blank, state, to: to ?? blank.to, bump, by, until, problem: reasonOf(event) };
    }
    case 'recreated': {
      const { from, to, seconds, downtimeMs } = event;
      const timings = withPull(event.timings, pulledMs);
      const phase = event.rollback ? 'rollback' : null;
      return { ...blank, state: 'recreated', phase, from, to, bump, seconds, downtimeMs, timings };
    }
    case 'restarted':
      return { ...blank, state: 'restarted', seconds: event.seconds };
    case 'failed': {
      const { outcome, from = blank.from, to = blank.to, problem, logTail, phase } = event;
      const { exitCode = null, rollback = null, since = null } = event;
      const timings = withPull(event.timings, pulledMs);
      const known = { outcome, from, to, bump, problem, logTail, phase, exitCode, rollback, timings, since };
      return { ...blank, state: 'failed', ...known };
    }
    default:
      return undefined;
  }
}

/** What is known of a cycle as it ends. */
export interface CycleSummary extends Pick<Finished, 'engine' | 'reclaimedBytes'> {
  readonly cycle: string;
  readonly trigger: Trigger;
  readonly dryRun: boolean;
  readonly startedAt: string;
  readonly seconds: number;
  readonly upToDate: number;
  readonly items: readonly ReportItem[];
}

/** The fact that ends a cycle. */
export function summarize(summary: CycleSummary): Extract<Fact, { type: 'finished' }> {
  const { cycle, trigger, dryRun, startedAt, seconds, upToDate, items: _, ...more } = summary;
  const items = [...summary.items].sort(byUrgency);
  const counts = countsOf(items, upToDate);
  return { type: 'finished', workload: null, cycle, trigger, dryRun, startedAt, seconds, counts, items, ...more };
}

function firstFound(found: Found | undefined): Pick<ReportItem, 'firstSeen' | 'downloadBytes'> {
  return { firstSeen: found?.firstSeen ?? null, downloadBytes: found?.downloadBytes ?? null };
}

function withPull(timings: Timings | undefined, pulledMs: number | undefined): ReportItem['timings'] {
  if (timings === undefined && pulledMs === undefined) return null;
  return { stop: null, start: null, health: null, ...timings, pull: pulledMs ?? null };
}

function reasonOf({ code, reason }: Skipped): Problem {
  return { code, message: reason, hint: isCode(code) ? catalogue[code].hint : '' };
}

const urgency: readonly ReportItem['state'][] = ['failed', 'recreated', 'restarted', 'available', 'skipped'];

function byUrgency(a: ReportItem, b: ReportItem): number {
  return rank(a) - rank(b) || Number(a.workload.name > b.workload.name) || -Number(a.workload.name < b.workload.name);
}

const rank = ({ state, outcome }: ReportItem) => (outcome === 'down' ? -1 : urgency.indexOf(state));
