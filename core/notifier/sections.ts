import type { Item, List, Report } from './report.ts';
import { omittedOf } from './view.ts';

/** A part of a message: its heading and its items, in the order in which messages tell them. */
export interface Section {
  readonly list: List;
  readonly title: string;
  readonly items: readonly Item[];
  /** `… and 475 more updated`; null where nothing was cut. */
  readonly more: string | null;
}

const titles: readonly (readonly [List, string, string])[] = [
  ['failed', 'Failed', 'failed'],
  ['recovered', 'Recovered', 'recovered'],
  ['recreated', 'Updated', 'updated'],
  ['restarted', 'Restarted', 'restarted'],
  ['available', 'Available', 'available'],
  ['held', 'Held back', 'held back'],
];

/** The parts that have something to tell; what was skipped is only counted. */
export function sectionsOf(report: Report): readonly Section[] {
  return titles.flatMap(([list, title, word]) => {
    const omitted = omittedOf(report, list);
    const more = omitted === 0 ? null : `… and ${omitted} more ${word}`;
    const items = report[list];
    return items.length === 0 && more === null ? [] : [{ list, title, items, more }];
  });
}

/** `run cyc_9zk3 · 2 skipped · 1.9 GB reclaimed`, and what else is to be known. */
export function footerOf({ cycle, counts, reclaimed, warnings, notes }: Report): readonly string[] {
  return [
    ...(cycle.cycles > 1 ? [`${cycle.cycles} runs, the last ${cycle.id}`] : [`run ${cycle.id}`]),
    ...(counts.skipped > 0 ? [`${counts.skipped} skipped`] : []),
    ...(reclaimed === null ? [] : [`${reclaimed} reclaimed`]),
    ...warnings,
    ...notes.deliveryProblems,
  ];
}

/** `1 failed, 3 updated, 31 up to date (3 m 41 s)` */
export const subtitleOf = ({ summary, cycle }: Report): string =>
  cycle.duration === null ? summary : `${summary} (${cycle.dryRun ? 'dry run' : cycle.duration})`;
