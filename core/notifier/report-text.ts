import { clean } from './clean.ts';
import { clip } from './clip.ts';
import type { Item, Report } from './report.ts';
import { footerOf, type Section, sectionsOf, subtitleOf } from './sections.ts';

const width = 78;
const logLines = 6;

/**
 * The report as plain text, for a terminal, a mail or a push: ASCII layout, at most 78 columns, the worst first. The
 * title is its first line; services that show it elsewhere leave it out.
 */
export function reportText(report: Report, { titled = true }: { readonly titled?: boolean } = {}): string {
  const head = titled ? [...margined(report), ''] : [...wrap(clean(subtitleOf(report)), width), ''];
  const body = sectionsOf(report).flatMap((section) => [...sectionLines(section), '']);
  const foot = footerOf(report).flatMap((line) => wrap(clean(line), width));
  return [...head, ...body, ...foot].join('\n');
}

/** `FAILED  1 update failed on nas-01: have a look` and, below, how much of what. */
function margined(report: Report): readonly string[] {
  const margin = `${wordOf(report)}  `;
  const rows = [clean(report.title), ...wrap(clean(subtitleOf(report)), width - margin.length)];
  return rows.map((row, at) => (at === 0 ? margin : ' '.repeat(margin.length)) + row);
}

function wordOf({ kind, counts, cycle }: Report): string {
  if (counts.down > 0) return 'DOWN';
  if (counts.failed > 0) return 'FAILED';
  if (kind === 'all-quiet') return 'OK';
  if (cycle.dryRun) return 'DRY RUN';
  if (counts.recovered > 0) return 'RECOVERED';
  if (counts.recreated + counts.restarted > 0) return 'UPDATED';
  if (counts.available > 0) return 'AVAILABLE';
  return counts.held > 0 ? 'HELD BACK' : 'OK';
}

function sectionLines({ title, items, more }: Section): readonly string[] {
  const column = Math.min(Math.max(0, ...items.map(({ name }) => [...clean(name)].length)), 30);
  return [title, ...items.flatMap((item) => itemLines(item, column)), ...(more === null ? [] : [`  ${ascii(more)}`])];
}

function itemLines(item: Item, column: number): readonly string[] {
  const { name, change, level, downgrade, consequence, reason, error, logTail, links } = item;
  const notes = [reason, consequence, error?.hint ?? null].flatMap((text) => text ?? []);
  const marks = [...(level === null ? [] : [level]), ...(downgrade ? ['a downgrade'] : [])];
  const said = [ascii(clean(change ?? '')), ...(marks.length === 0 ? [] : [`(${marks.join(', ')})`])].join('  ');
  return [
    clip(`  ${clean(name).padEnd(column)}  ${said}`.trimEnd(), width),
    ...notes.flatMap((note) => wrap(clean(note), width - 4).map((row) => `    ${row}`)),
    ...(links.changes === null ? [] : [`    ${links.changes}`]),
    ...logTail.slice(-logLines).map((line) => `    | ${clip(clean(line), width - 6)}`),
  ];
}

const ascii = (text: string) => text.replaceAll('→', '->').replaceAll('…', '...');

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
