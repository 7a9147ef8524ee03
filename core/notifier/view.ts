import { clip } from './clip.ts';
import type { Markup } from './markup.ts';
import { type List, lists, type Report } from './report.ts';
import { ageWords, byteWords, durationWords } from './words.ts';

/** What a template sees: the report, its lists in slices, and the helpers. Nothing of it has a prototype. */
export function viewOf(report: Report, markup: Markup): object {
  const data = bare({ ...report, symbol: symbolOf(report) });
  const slices = lists.flatMap((list) => {
    const items = data[list] as readonly unknown[];
    return [
      [`${list}Top5`, items.slice(0, 5)],
      [`${list}Top10`, items.slice(0, 10)],
      [`${list}Rest`, items.slice(10)],
      [`${list}Omitted`, omittedOf(report, list)],
    ] as const;
  });
  return Object.assign(data, Object.fromEntries(slices), helpersFor(report, markup));
}

/** 🔴 🟡 🟢 🔵 🧪: seen before anything is read, and never the only thing that says it. */
export function symbolOf({
  kind,
  cycle,
  severity,
  counts,
}: Pick<Report, 'kind' | 'cycle' | 'severity' | 'counts'>): string {
  if (severity === 'error') return '🔴';
  if (cycle.dryRun || kind === 'test') return '🧪';
  if (kind === 'all-quiet') return '🟢';
  if (counts.recreated + counts.restarted + counts.recovered > 0) return '🟢';
  if (severity === 'warning') return '🟡';
  return counts.available > 0 ? '🔵' : '🟢';
}

/** How many items of a list the message's budget has left no room for. */
export const omittedOf = ({ truncated }: Pick<Report, 'truncated'>, list: List): number =>
  truncated.find((one) => one.list === list)?.omitted ?? 0;

/** Without prototypes `{{constructor}}` and `{{toString}}` are as unknown as any other name. */
function bare(value: object): Record<string, unknown> {
  return bareValue(value) as Record<string, unknown>;
}

function bareValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bareValue);
  if (typeof value !== 'object' || value === null) return value;
  const result: Record<string, unknown> = Object.create(null);
  for (const [key, inner] of Object.entries(value)) result[key] = bareValue(inner);
  return result;
}

/** `text` is the template between the tags; `raw` renders it without the escape of the service. */
type Render = (text: string, how?: 'raw') => string;
export type Helper = (this: unknown, text: string, render: Render) => string;

/** None is the name of a field, which would hide it. */
export const helperNames = [
  ...(['bold', 'mono', 'block', 'link', 'digits', 'upper', 'bytes', 'period', 'date', 'relative'] as const),
  ...(['trunc', 'plural', 'join', 'indent', 'json'] as const),
];

/** All are pure, and none throws, whatever it is given. */
function helpersFor(report: Report, markup: Markup): Readonly<Record<(typeof helperNames)[number], () => Helper>> {
  const of = (change: (text: string) => string) => (): Helper => (text, render) =>
    markup.escape(change(render(text, 'raw').trim()));
  return {
    bold: () => (text, render) => markup.bold(render(text)),
    mono: () => (text, render) => markup.code(render(text, 'raw')),
    block: () => (text, render) => markup.block(render(text, 'raw').replace(/^\n+|\n+$/g, '')),
    link: () => (text, render) => {
      const [address, label] = halves(text);
      const url = render(address, 'raw').trim();
      return isLink(url) ? markup.link(url, render(label)) : render(label);
    },
    digits: of((text) => text.replace(/^[a-z0-9]+:/, '').slice(0, 8)),
    upper: of((text) => text.toUpperCase()),
    bytes: of((text) => numeric(text, byteWords)),
    period: of((text) => numeric(text, durationWords)),
    date: of((text) => timed(text, (time) => time.toISOString().replace('T', ' ').slice(0, 16))),
    relative: of((text) =>
      timed(text, (time) => {
        const passed = Date.parse(report.cycle.finishedAt) - time.getTime();
        return passed >= 0 ? `${ageWords(passed)} ago` : `in ${ageWords(-passed)}`;
      }),
    ),
    trunc: () => (text, render) => {
      const [limit, rest] = halves(text);
      return markup.escape(clip(render(rest, 'raw'), Math.max(Number(limit) || 0, 1)));
    },
    plural: () => (text, render) => {
      const [count = '', one = '', many = `${one}s`] = render(text, 'raw').split('|');
      return markup.escape(`${count.trim()} ${Number(count) === 1 ? one : many}`);
    },
    join: () => (text, render) => {
      const [separator, rest] = halves(text);
      const lines = render(rest).split('\n');
      return lines.filter((line) => line.trim() !== '').join(markup.escape(separator));
    },
    indent: () => (text, render) => {
      const [columns, rest] = halves(text);
      return render(rest).replace(/^(?=.)/gm, ' '.repeat(Math.min(Math.max(Math.trunc(Number(columns)) || 0, 0), 40)));
    },
    json: () =>
      function (name) {
        return markup.escape(JSON.stringify(inside(this, name.trim()) ?? inside(report, name.trim()) ?? null));
      },
  };
}

/** Before and after the first `|` that stands in no tag. */
function halves(text: string): readonly [string, string] {
  const found = /^((?:\{\{[\s\S]*?\}\}|[^|{]|\{(?!\{))*)\|/.exec(text);
  return found === null ? [text, text] : [found[1] ?? '', text.slice(found[0].length)];
}

/** What every markup can put between its own signs. */
const isLink = (url: string) => /^https?:\/\/[^\s<>"'()|`\\]+$/.test(url);

const numeric = (text: string, words: (value: number) => string) =>
  text !== '' && Number.isFinite(Number(text)) ? words(Number(text)) : text;

function timed(text: string, words: (time: Date) => string): string {
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? text : words(time);
}

function inside(value: unknown, path: string): unknown {
  let found: unknown = value;
  for (const step of path === '.' ? [] : path.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return undefined;
    found = (found as Readonly<Record<string, unknown>>)[step];
  }
  return typeof found === 'function' ? undefined : found;
}
