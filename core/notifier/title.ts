import { clean } from './clean.ts';
import { clip } from './clip.ts';
import type { LooseItem } from './item.ts';
import type { Report } from './report.ts';
import { minuteWords, plural } from './words.ts';

type Titled = Pick<Report, 'kind' | 'host' | 'counts' | 'cycle' | 'reclaimed'> & {
  readonly failed: readonly LooseItem[];
  readonly recovered: readonly LooseItem[];
  readonly recreated: readonly LooseItem[];
};

/** The line on a locked phone: what happened where, and whether someone must act. */
export function titleOf(report: Titled): string {
  const test = report.kind === 'test' ? 'Test: ' : '';
  return `${test}${said(report, ` on ${clip(clean(report.host), 40)}`)}`;
}

function said(report: Titled, where: string): string {
  const { counts, cycle, reclaimed } = report;
  const { down, recreated, restarted, available, held, skipped, recovered } = counts;
  const failed = counts.failed - counts.unchecked;
  if (down > 0) return `${plural(down, 'container')} DOWN${where}: act now`;
  if (failed > 0) return `${plural(failed, 'update')} failed${where}: have a look`;
  if (counts.unchecked > 0) {
    return `Could not check ${named(report.failed)}${where}${sinceWords(report.failed)}: have a look`;
  }
  if (recovered > 0) {
    return `${recoveredWords(report.recovered)}${where}, nothing to do`;
  }
  if (report.kind === 'all-quiet') return `All quiet${where}, nothing to do`;
  if (cycle.dryRun && available > 0) return `${plural(available, 'container')} would be updated${where}, nothing to do`;
  if (recreated > 0) {
    const what = byHandIn(report) === recreated ? 'rolled back by hand' : 'updated';
    return `${recreated} ${what}${where}, nothing to do`;
  }
  if (restarted > 0) return `${restarted} restarted${where}, nothing to do`;
  if (available > 0) return `${plural(available, 'update')} available${where}, when it suits you`;
  if (held > 0) return `${plural(held, 'update')} held back${where}, nothing to do`;
  if (skipped > 0) return `${skipped} left as they are${where}, nothing to do`;
  if (reclaimed !== null) return `${reclaimed} reclaimed${where}, nothing to do`;
  return `All up to date${where}, nothing to do`;
}

const byHandIn = ({ recreated }: Readonly<Record<'recreated', readonly LooseItem[]>>): number =>
  recreated.filter(({ phase }) => phase === 'rollback').length;

function recoveredWords(items: readonly LooseItem[]): string {
  if (items.every(({ phase }) => phase === 'check')) return `${named(items)} can be checked again`;
  // What a failure had left down comes up without an update.
  const isUndone = ({ phase, to, failedSince }: LooseItem) =>
    phase === 'recover' && (to !== null || failedSince === null);
  if (items.every(isUndone)) return `${plural(items.length, 'interrupted update')} put in order`;
  return `${plural(items.length, 'container')} recovered`;
}

function named(items: readonly LooseItem[]): string {
  const [first] = items;
  return first !== undefined && items.length === 1 ? clip(clean(first.name), 40) : plural(items.length, 'container');
}

/** Since the first of them. */
function sinceWords(items: readonly LooseItem[]): string {
  const [first] = items.flatMap(({ failedSince }) => failedSince ?? []).sort();
  return first === undefined ? '' : ` since ${minuteWords(first)}`;
}

/** `1 failed, 2 updated, 31 up to date`, worst first, without zeros. */
export function summaryOf(report: Summed): string {
  const { counts, cycle } = report;
  if (report.kind === 'all-quiet' && counts.failed === 0) return quietWords(report);
  const all = [
    [counts.down, 'down'],
    [counts.rolledBack, 'rolled back'],
    [counts.failed - counts.down - counts.rolledBack - counts.unchecked, 'failed'],
    [counts.unchecked, 'could not be checked'],
    [counts.recovered, 'recovered'],
    [counts.recreated - byHandIn(report), 'updated'],
    [byHandIn(report), 'rolled back by hand'],
    [counts.restarted, 'restarted'],
    [counts.available, cycle.dryRun ? 'would be updated' : 'available'],
    [counts.held, 'held back'],
    [counts.skipped, 'skipped'],
    [counts.upToDate, 'up to date'],
  ] as const;
  const some = all.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  return some.length === 0 ? 'nothing to tell' : some.join(', ');
}

type Summed = Pick<Report, 'kind' | 'counts' | 'cycle'> &
  Readonly<Record<'available' | 'held' | 'recreated', readonly LooseItem[]>>;

/** `42 containers checked in 168 cycles since 2026-08-17 09:00; 3 updates wait since 2026-08-12` */
function quietWords({ counts, cycle, available, held }: Summed): string {
  const since = cycle.startedAt === null ? '' : ` since ${minuteWords(cycle.startedAt)}`;
  const checked = `${plural(counts.checked, 'container')} checked in ${plural(cycle.cycles, 'cycle')}${since}`;
  const waiting = [...available, ...held];
  const [first] = waiting.flatMap(({ firstSeenAt }) => firstSeenAt ?? []).sort();
  const seen = first === undefined ? '' : ` since ${first.slice(0, 10)}`;
  if (waiting.length > 0) return `${checked}; ${plural(waiting.length, 'update waits', 'updates wait')}${seen}`;
  return `${checked}; ${counts.skipped === 0 ? 'all up to date' : `${counts.skipped} skipped, the rest up to date`}`;
}
