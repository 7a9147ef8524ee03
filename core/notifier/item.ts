import type { Phase, ReportItem, Rollback, Workload } from '../events.ts';
import { itemImage } from './image.ts';
import { linksOf } from './links.ts';
import type { Item, ItemRollback, ItemState, Version } from './report.ts';
import { changeOf } from './version.ts';
import { byteWords, durationWords, minuteWords } from './words.ts';

/** A line of a `finished` event; older journals lack some of its fields. */
export type Line = Omit<ReportItem, 'workload'> & { readonly workload: Workload | null };

/** What is known of a workload beside the cycle that is told of. */
export interface Known {
  /** How often its candidate was reported already. */
  readonly remindedTimes?: number;
  /** Since when it was reported as failed, ISO 8601. */
  readonly failedSince?: string;
  /** Since when it was reported as not to be checked, ISO 8601. */
  readonly uncheckedSince?: string;
}

/** An item before it stands in a list. */
export type LooseItem = Omit<Item, 'index' | 'first' | 'last' | 'n'>;

const mostLogLines = 20;
const day = 86_400_000;

export function itemOf(given: Partial<Line>, host: string, now: Date, known: Known = {}): LooseItem {
  const line = isUndone(given) ? { ...given, state: 'restarted' as const } : given;
  const { workload = null, from = null, to = null, outcome = null, problem = null } = line;
  const { seconds = null, downtimeMs = null, downloadBytes = null, firstSeen = null, since = null } = line;
  const checkedAgain = isCheckedAgain(line, known);
  const image = itemImage(workload?.image ?? '', to?.platform ?? from?.platform ?? null);
  const change = changeOf(from, to, now);
  const state = stateOf(line);
  const rollback = rollbackOf(line.rollback ?? null, change.from, line);
  const durationMs = seconds === null ? null : Math.round(seconds * 1000);
  return {
    name: workload?.name ?? 'Belfry',
    service: workload?.service ?? null,
    project: workload?.project ?? null,
    id: workload?.id ?? '',
    host,
    labels: workload?.labels ?? {},
    image,
    ...change,
    bump: line.bump ?? null,
    level: levelOf(line.bump),
    state,
    outcome,
    down: outcome === 'down',
    consequence: checkedAgain
      ? 'it can be checked again'
      : consequenceOf(line, rollback, { from: change.from, isUpdate: to !== null, known }),
    reason: problem === null ? null : reasonOf(state, line, problem.message),
    code: problem?.code ?? null,
    by: line.by ?? null,
    until: line.until ?? null,
    phase: line.phase ?? (checkedAgain ? 'check' : null),
    error: state === 'failed' && problem !== null ? { ...problem, hint: problem.hint || null } : null,
    exitCode: line.exitCode ?? null,
    logTail: (line.logTail ?? []).slice(-mostLogLines),
    rollback,
    downtimeMs,
    downtime: words(downtimeMs),
    durationMs,
    duration: words(durationMs),
    timings: { pull: null, stop: null, start: null, health: null, ...line.timings },
    downloadBytes,
    download: downloadBytes === null ? null : byteWords(downloadBytes),
    firstSeenAt: firstSeen,
    ageDays: firstSeen === null ? null : Math.max(Math.floor((now.getTime() - Date.parse(firstSeen)) / day), 0),
    remindedTimes: known.remindedTimes ?? 0,
    failedSince: since ?? failedSinceOf(line, known, checkedAgain),
    links: linksOf(from, to, image),
  };
}

const words = (milliseconds: number | null) => (milliseconds === null ? null : durationWords(milliseconds));

function levelOf(bump: ReportItem['bump'] | undefined): Item['level'] {
  return bump === 'major' || bump === 'minor' || bump === 'patch' ? bump : null;
}

/** An update that broke off with Belfry itself, and has left everything as it was: nothing speaks against its image. */
function isUndone({ state, outcome, problem }: Partial<Line>): boolean {
  return state === 'failed' && problem?.code === 'RECOVERED' && outcome !== 'down';
}

/** What it shows is no more than that a check came to an answer. */
function isCheckedAgain(line: Partial<Line>, { failedSince, uncheckedSince }: Known): boolean {
  if (uncheckedSince === undefined || line.phase === 'recover') return false;
  if (line.state === 'available') return true;
  return isWellAgain(line) && (line.phase === 'check' || failedSince === undefined);
}

/** Whether nothing was done: it was found to be well, or with the phase `check` that it can be checked at least. */
export const isWellAgain = ({ state, seconds = null }: Partial<Line>) => state === 'restarted' && seconds === null;

function failedSinceOf({ state, phase }: Partial<Line>, known: Known, checkedAgain: boolean): string | null {
  const { failedSince, uncheckedSince } = known;
  if (checkedAgain || (state === 'failed' && phase === 'check')) return uncheckedSince ?? null;
  return failedSince ?? (state === 'failed' ? undefined : uncheckedSince) ?? null;
}

/** Where nobody objects to what is available, it waits for someone to apply it. */
const unopposed: ReadonlySet<string | undefined> = new Set([undefined, 'MONITOR_ONLY', 'DRY_RUN']);

function stateOf({ state = 'failed', problem }: Partial<Line>): ItemState {
  return state === 'available' && !unopposed.has(problem?.code) ? 'held' : state;
}

function rollbackOf(rollback: Rollback | null, to: Version | null, { problem }: Partial<Line>): ItemRollback | null {
  if (rollback === null) return null;
  const { status, durationMs, running } = rollback;
  const error = status === 'failed' ? (problem?.message ?? null) : null;
  return { status, to, durationMs, duration: durationWords(durationMs), running, error };
}

/** What became of the workload: it decides whether someone has to get up. */
function consequenceOf(
  { state, outcome, workload, downtimeMs, seconds, phase, since }: Partial<Line>,
  rollback: ItemRollback | null,
  { from, isUpdate, known }: { readonly from: Version | null; readonly isUpdate: boolean; readonly known: Known },
): string | null {
  if (phase === 'recover' && state !== 'failed' && (isUpdate || known.failedSince === undefined)) {
    return outcome === 'updated' ? 'its interrupted update was finished' : 'it is as it was before';
  }
  if (state === 'restarted') return seconds == null ? 'all is well with it again' : 'restarted with its provider';
  if (state === 'recreated') {
    const said = [
      ...(phase === 'rollback' ? ['rolled back by hand'] : []),
      ...(downtimeMs ? [`down for ${durationWords(downtimeMs)}`] : []),
    ];
    return said.length === 0 ? null : said.join(', ');
  }
  if (state !== 'failed' || !outcome || !workload) return null;
  if (outcome === 'down') return 'IT IS DOWN';
  if (outcome === 'updated') return 'the new image runs';
  if (phase === 'check' && since) return `it could not be checked since ${minuteWords(since)}`;
  if (outcome === 'unchanged') return 'nothing was changed';
  const to = from === null ? '' : ` to ${from.label}`;
  const after = rollback?.duration == null ? '' : ` in ${rollback.duration}`;
  return `rolled back${to}${after}${rollback?.running ? ', running' : ''}`;
}

function reasonOf(state: ItemState, { phase = null, by = null }: Partial<Line>, message: string): string {
  if (state !== 'failed') return by === null || by === 'core' ? message : `${by}: ${message}`;
  return phase === null ? message : `${phaseWords[phase] ?? phase}: ${message}`;
}

const phaseWords: Partial<Record<Phase, string>> = { verify: 'health', list: 'listing', cleanup: 'clean-up' };
