import type { BelfryEvent, Finished, Found, ReportItem } from '../events.ts';
import { freeze } from '../freeze.ts';
import { packageVersion } from '../paths.ts';
import { emptyItem } from '../report-item.ts';
import { itemOf, type Known, type Line, type LooseItem } from './item.ts';
import { mergedLines } from './merge.ts';
import { type List, lists, type Report, type ReportCounts, type ReportCycle } from './report.ts';
import { summaryOf, titleOf } from './title.ts';
import { byteWords, durationWords } from './words.ts';

/** What a report holds beside what happened. */
export interface About {
  /** The message's id. */
  readonly id: string;
  readonly now: Date;
  readonly hostUrl?: string;
  /** What is known of a workload from before, by its name. */
  readonly known?: (name: string) => Known | undefined;
  readonly warnings?: readonly string[];
  readonly deliveryProblems?: readonly string[];
}

/** The report of one cycle. */
export function runReport(finished: Finished, about: About): Report {
  return assemble({ kind: 'run', finished: [finished], lines: finished.items }, about);
}

/** One report for several cycles, oldest first: of each workload the last that is known, and what recovered since. */
export function digestReport(finished: readonly Finished[], about: About): Report {
  const { lines, known } = mergedLines(finished, (name) => about.known?.(name) ?? {});
  return assemble({ kind: 'digest', finished, lines }, { ...about, known });
}

/** The time that a report looks back on. */
export interface Span {
  readonly cycles: number;
  /** ISO 8601. */
  readonly since: string;
}

/** That nothing had to be told in a while, with the state at the end of its last cycle. */
export function quietReport(last: Finished, span: Span, about: About): Report {
  const lines = last.items.filter(({ state }) => state !== 'recreated' && state !== 'restarted');
  const upToDate = last.counts.upToDate + last.items.length - lines.length;
  const finished = [{ ...last, counts: { ...last.counts, upToDate } }];
  return assemble({ kind: 'all-quiet', finished, lines, span }, about);
}

/** The report of one event by itself, with the line that it makes. */
export function eventReport(event: BelfryEvent, about: About, line: Line | undefined = lineOf(event)): Report {
  if (event.type === 'finished') return runReport(event, about);
  const reclaimed = event.type === 'cleaned' ? event.bytes : null;
  return assemble({ kind: 'event', finished: [], lines: line === undefined ? [] : [line], event, reclaimed }, about);
}

/** The same report under another kind: a sample is one of a test. */
export function asTest(report: Report): Report {
  return freeze({ ...report, kind: 'test', title: titleOf({ ...report, kind: 'test' }) });
}

interface Told {
  readonly kind: Report['kind'];
  readonly finished: readonly Finished[];
  readonly lines: readonly (Line | ReportItem)[];
  readonly event?: BelfryEvent;
  readonly span?: Span;
  readonly reclaimed?: number | null;
}

function assemble(told: Told, about: About): Report {
  const { finished, lines, event, kind } = told;
  const last = finished.at(-1);
  const host = last?.host ?? event?.host ?? '';
  const items = lines.map((line) => itemOf(line, host, about.now, about.known?.(line.workload?.name ?? '')));
  const bytes = finished.flatMap(({ reclaimedBytes }) => reclaimedBytes ?? []);
  const reclaimedBytes = told.reclaimed ?? (bytes.length === 0 ? null : bytes.reduce((sum, one) => sum + one, 0));
  return sealed(sorted(items), {
    schema: 1,
    kind,
    id: about.id,
    host,
    hostUrl: about.hostUrl ?? null,
    cycle: cycleOf(told),
    engine: last?.engine ?? null,
    app: { name: 'Belfry', version: packageVersion() },
    upToDate: last?.counts.upToDate ?? 0,
    reclaimedBytes,
    reclaimed: reclaimedBytes === null ? null : byteWords(reclaimedBytes),
    warnings: about.warnings ?? [],
    truncated: [],
    notes: { deliveryProblems: about.deliveryProblems ?? [] },
  });
}

type Lists = Readonly<Record<List, readonly LooseItem[]>>;
type Rest = Pick<
  Report,
  | 'schema'
  | 'kind'
  | 'id'
  | 'host'
  | 'hostUrl'
  | 'cycle'
  | 'engine'
  | 'app'
  | 'reclaimedBytes'
  | 'reclaimed'
  | 'warnings'
  | 'truncated'
  | 'notes'
> & { readonly upToDate: number };

/** Counts what stands in the lists, and says what that amounts to. */
function sealed(items: Lists, { upToDate, ...rest }: Rest): Report {
  const counts = countsOf(items, upToDate);
  const { failed, recreated, down } = counts;
  const changed = recreated + counts.restarted + counts.available + counts.held + counts.recovered;
  const outcome = failed > 0 ? (recreated > 0 ? 'partial' : 'failed') : changed > 0 ? 'changes' : 'ok';
  const isQuiet = rest.kind === 'all-quiet' || changed === 0;
  const severity = failed > 0 ? 'error' : isQuiet ? 'info' : counts.held > 0 ? 'warning' : 'notice';
  const numbered = Object.fromEntries(lists.map((list) => [list, numberedItems(items[list])])) as unknown as {
    readonly [L in List]: Report[L];
  };
  return freeze({
    ...rest,
    outcome,
    severity,
    action: down > 0 ? 'now' : failed > 0 ? 'look' : 'none',
    title: titleOf({ ...rest, ...items, counts }),
    summary: summaryOf({ ...rest, ...items, counts }),
    counts,
    ...numbered,
  });
}

/** The same report with only the items that `keep` takes; what it says about them follows. */
export function onlyItems(report: Report, keep: (item: LooseItem, list: List) => boolean): Report {
  const items = Object.fromEntries(
    lists.map((list) => [list, report[list].filter((item) => keep(item, list))]),
  ) as unknown as Lists;
  const { outcome: _o, severity: _s, action: _a, title: _t, summary: _u, counts, ...rest } = report;
  return sealed(items, { ...rest, upToDate: counts.upToDate });
}

function numberedItems(items: readonly LooseItem[]): Report[List] {
  const last = items.length - 1;
  return items.map((item, index) => ({ ...item, index, first: index === 0, last: index === last, n: index + 1 }));
}

function sorted(items: readonly LooseItem[]): Lists {
  const wanted: Readonly<Record<List, (item: LooseItem) => boolean>> = {
    failed: ({ state }) => state === 'failed',
    recovered: (item) => hasRecovered(item),
    recreated: (item) => item.state === 'recreated' && !hasRecovered(item),
    restarted: (item) => item.state === 'restarted' && !hasRecovered(item),
    available: ({ state }) => state === 'available',
    held: ({ state }) => state === 'held',
    skipped: ({ state }) => state === 'skipped',
  };
  const byUrgency = (a: LooseItem, b: LooseItem) =>
    Number(b.down) - Number(a.down) || Number(a.name > b.name) - Number(a.name < b.name);
  return Object.fromEntries(
    lists.map((list) => [list, items.filter(wanted[list]).sort(byUrgency)]),
  ) as unknown as Lists;
}

const hasRecovered = ({ failedSince, state, phase }: LooseItem) =>
  (failedSince !== null && (state === 'recreated' || state === 'restarted')) ||
  (phase === 'recover' && state === 'restarted');

function countsOf(items: Lists, upToDate: number): ReportCounts {
  const count = (list: List) => items[list].length;
  const all = lists.reduce((sum, list) => sum + count(list), 0);
  return {
    checked: upToDate + all,
    upToDate,
    available: count('available'),
    held: count('held'),
    recreated: count('recreated'),
    restarted: count('restarted'),
    recovered: count('recovered'),
    skipped: count('skipped'),
    failed: count('failed'),
    rolledBack: items.failed.filter(({ outcome }) => outcome === 'rolled-back').length,
    down: items.failed.filter(({ down }) => down).length,
    unchecked: items.failed.filter(({ phase }) => phase === 'check').length,
  };
}

function cycleOf({ finished, event, span }: Told): ReportCycle {
  const last = finished.at(-1);
  const durationMs =
    last === undefined || span !== undefined
      ? null
      : Math.round(finished.reduce((sum, one) => sum + one.seconds, 0) * 1000);
  return {
    id: last?.cycle ?? event?.cycle ?? '',
    cycles: span?.cycles ?? finished.length,
    trigger: last?.trigger ?? null,
    dryRun: last?.dryRun ?? false,
    startedAt: span?.since ?? finished[0]?.startedAt ?? null,
    finishedAt: last?.time ?? event?.time ?? '',
    durationMs,
    duration: durationMs === null ? null : durationWords(durationMs),
  };
}

/** What an event alone says of its workload; undefined where it says nothing that a list has room for. */
function lineOf(event: BelfryEvent): Line | undefined {
  const line = { ...emptyItem, workload: event.workload };
  switch (event.type) {
    case 'found':
      return { ...line, ...found(event), state: 'available' };
    case 'skipped': {
      const state = event.to === null ? 'skipped' : 'available';
      const problem = { code: event.code, message: event.reason, hint: '' };
      return { ...line, state, to: event.to, by: event.by, problem, until: event.until ?? null };
    }
    case 'recreated': {
      const { from, to, seconds, downtimeMs } = event;
      const timings = event.timings === undefined ? null : { ...event.timings, pull: null };
      const phase = event.rollback ? 'rollback' : null;
      return { ...line, state: 'recreated', phase, from, to, seconds, downtimeMs, timings };
    }
    case 'restarted':
      return { ...line, state: 'restarted', seconds: event.seconds };
    case 'recovered': {
      const { outcome, from = null, to = null } = event;
      const state = outcome === 'down' ? 'failed' : outcome === 'updated' && to !== null ? 'recreated' : 'restarted';
      return { ...line, state, outcome, phase: 'recover', from, to };
    }
    case 'failed': {
      const { outcome, phase, problem, logTail, from = null, to = null, exitCode = null, rollback = null } = event;
      const { since = null } = event;
      return { ...line, state: 'failed', outcome, phase, problem, logTail, from, to, exitCode, rollback, since };
    }
    default:
      return undefined;
  }
}

function found({ from, to, bump, downloadBytes, firstSeen }: Found) {
  return { from, to, bump, downloadBytes, firstSeen: firstSeen ?? null };
}
