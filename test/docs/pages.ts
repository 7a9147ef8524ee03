import { readdirSync, readFileSync } from 'node:fs';
import { builtInNames } from '../../core/paths.ts';

export const root = new URL('../../', import.meta.url);
export const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

/** Every page that is written for people who use Belfry or write plugins for it; paths from the package's own folder. */
export const pages: readonly string[] = [
  'README.md',
  ...readdirSync(new URL('docs/', root))
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
  'plugins/README.md',
  ...builtInNames().map((name) => `plugins/${name}/README.md`),
];

/** The cells of the rows of the table whose first heading is `heading`; throws where a page has no such table. */
export function rowsOf(path: string, heading: string): readonly (readonly string[])[] {
  const lines = read(path).split('\n');
  const start = lines.findIndex((line) => line.startsWith(`| ${heading} |`));
  if (start === -1) throw new Error(`${path} has no table whose first heading is ${heading}`);
  const length = lines.slice(start).findIndex((line) => !line.startsWith('|'));
  const rows = lines.slice(start + 2, start + (length === -1 ? lines.length : length));
  return rows.map((line) => line.slice(2, -2).split(' | '));
}

/** What a page lacks and what it has too much, each by its first cell: empty where the two agree. */
export function differences(path: string, rows: readonly string[], expected: readonly string[]): readonly string[] {
  return [
    ...expected.filter((row) => !rows.includes(row)).map((row) => `${path} lacks the row | ${row} |`),
    ...rows.filter((row) => !expected.includes(row)).map((row) => `${path} has a row of nothing: | ${row} |`),
  ];
}

export const quoted = (name: string): string => `\`${name}\``;
