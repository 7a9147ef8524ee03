import { formatDuration } from '../config/duration.ts';
import type { Finished, ImageVersion, ReportItem } from '../events.ts';
import { clean } from './clean.ts';
import { countsText, countWords } from './event-text.ts';
import { render } from './render.ts';

const width = 78;
const logLines = 6;

/** The report as plain text, for a terminal, a mail or a push: ASCII layout, at most 78 columns, the worst first. */
export function reportText(report: Finished): string {
  const view = { headline: headline(report), sections: sections(report.items), cycle: clean(report.cycle) };
  return render('text/report', view, (text) => text);
}

interface Section {
  readonly title: string;
  readonly belongs: (item: ReportItem) => boolean;
}

const layout: readonly Section[] = [
  { title: 'Down', belongs: ({ outcome }) => outcome === 'down' },
  { title: 'Failed', belongs: ({ state, outcome }) => state === 'failed' && outcome !== 'down' },
  { title: 'Updated', belongs: ({ state }) => state === 'recreated' },
  { title: 'Restarted', belongs: ({ state }) => state === 'restarted' },
  { title: 'Available', belongs: ({ state }) => state === 'available' },
  { title: 'Skipped', belongs: ({ state }) => state === 'skipped' },
];

function sections(items: readonly ReportItem[]) {
  return layout
    .map(({ title, belongs }) => ({ title, items: lines(items.filter(belongs)) }))
    .filter((section) => section.items.length > 0);
}

/** `FAILED  nas-01: 1 failed, 3 updated, 31 up to date (3m41s)` */
function headline(report: Finished): string {
  const { host, counts, seconds, dryRun } = report;
  const state = countWords(counts).find(([, word]) => word !== 'skipped')?.[1] ?? 'up to date';
  const note = dryRun ? 'dry run' : formatDuration(Math.round(seconds) * 1000);
  const margin = `${state.toUpperCase()}  `;
  const rows = wrap(`${clean(host)}: ${countsText(report)} (${note})`, width - margin.length);
  return margin + rows.join(`\n${' '.repeat(margin.length)}`);
}

function lines(items: readonly ReportItem[]) {
  const column = Math.min(Math.max(...items.map(({ workload }) => clean(workload.name).length)), 30);
  return items.map((item) => ({
    line: fit(`  ${clean(item.workload.name).padEnd(column)}  ${change(item)}`.trimEnd()),
    notes: notes(item).flatMap((note) => wrap(clean(note), width - 4)),
    log: item.logTail.slice(-logLines).map((line) => clip(clean(line), width - 6)),
  }));
}

/** `1.136.0 -> 1.137.2  (minor)`; with digests where the versions would look alike. */
function change({ from, to, bump }: ReportItem): string {
  if (to === null) return from === null ? '' : label(from);
  const before = from === null ? '?' : label(from);
  const alike = before === label(to);
  const plain = alike ? `${before}  ${short(from?.digest)} -> ${short(to.digest)}` : `${before} -> ${label(to)}`;
  return bump === null || bump === 'unknown' || bump === 'digest' ? plain : `${plain}  (${bump})`;
}

const label = ({ version, reference, digest }: ImageVersion) => clean(version ?? tag(reference) ?? short(digest));

/** A colon before the last slash belongs to a port. */
const tag = (reference: string) => /:([^/:@]+)(?:@|$)/.exec(reference)?.[1];

const short = (digest: string | null | undefined) => clean(digest?.replace(/^sha256:/, '').slice(0, 8) ?? '?');

function notes({ state, outcome, problem, from, by }: ReportItem): readonly string[] {
  if (problem === null) return [];
  if (state !== 'failed') return [by === null || by === 'core' ? problem.message : `${by}: ${problem.message}`];
  const left = outcome === null ? [] : [consequence[outcome](from)];
  return [...left, problem.message, problem.hint];
}

/** What became of the workload comes first: it decides whether someone has to get up. */
const consequence = {
  unchanged: () => 'nothing was changed',
  'rolled-back': (from: ImageVersion | null) => `rolled back${from === null ? '' : ` to ${label(from)}`}`,
  updated: () => 'the new image runs',
  down: () => 'IT IS DOWN',
} as const;

const fit = (text: string) => clip(text, width);

function clip(text: string, columns: number): string {
  const characters = [...text];
  return characters.length <= columns ? text : `${characters.slice(0, columns - 3).join('')}...`;
}

function wrap(text: string, columns: number): readonly string[] {
  const rows = [''];
  for (const word of text.split(/ +/)) {
    const row = rows.at(-1) ?? '';
    const longer = row === '' ? word : `${row} ${word}`;
    if ([...longer].length <= columns) rows[rows.length - 1] = longer;
    else rows.push(word);
  }
  return rows.filter((row) => row !== '').map((row) => clip(row, columns));
}
