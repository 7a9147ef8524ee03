import { clean } from './clean.ts';
import { clip } from './clip.ts';
import type { Report, ReportCounts } from './report.ts';
import { plural } from './words.ts';

type Titled = Pick<Report, 'kind' | 'host' | 'counts' | 'cycle' | 'reclaimed'>;

/** The line on a locked phone: what happened where, and whether someone must act. */
export function titleOf({ kind, host, counts, cycle, reclaimed }: Titled): string {
  const test = kind === 'test' ? 'Test: ' : '';
  return `${test}${said(counts, cycle.dryRun, reclaimed, ` on ${clip(clean(host), 40)}`)}`;
}

function said(counts: ReportCounts, dryRun: boolean, reclaimed: string | null, where: string): string {
  const { down, failed, recreated, restarted, available, held, skipped, recovered } = counts;
  if (down > 0) return `${plural(down, 'container')} DOWN${where}: act now`;
  if (failed > 0) return `${plural(failed, 'update')} failed${where}: have a look`;
  if (recovered > 0) return `${plural(recovered, 'container')} recovered${where}, nothing to do`;
  if (dryRun && available > 0) return `${plural(available, 'container')} would be updated${where}, nothing to do`;
  if (recreated > 0) return `${recreated} updated${where}, nothing to do`;
  if (restarted > 0) return `${restarted} restarted${where}, nothing to do`;
  if (available > 0) return `${plural(available, 'update')} available${where}, when it suits you`;
  if (held > 0) return `${plural(held, 'update')} held back${where}, nothing to do`;
  if (skipped > 0) return `${skipped} left as they are${where}, nothing to do`;
  if (reclaimed !== null) return `${reclaimed} reclaimed${where}, nothing to do`;
  return `All up to date${where}, nothing to do`;
}

/** `1 failed, 2 updated, 31 up to date`, worst first, without zeros. */
export function summaryOf(counts: ReportCounts, dryRun: boolean): string {
  const all = [
    [counts.down, 'down'],
    [counts.rolledBack, 'rolled back'],
    [counts.failed - counts.down - counts.rolledBack, 'failed'],
    [counts.recovered, 'recovered'],
    [counts.recreated, 'updated'],
    [counts.restarted, 'restarted'],
    [counts.available, dryRun ? 'would be updated' : 'available'],
    [counts.held, 'held back'],
    [counts.skipped, 'skipped'],
    [counts.upToDate, 'up to date'],
  ] as const;
  const some = all.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  return some.length === 0 ? 'nothing to tell' : some.join(', ');
}
