import { clean } from './clean.ts';
import { clip } from './clip.ts';
import { type Item, type List, lists, type Report, type Truncated } from './report.ts';

/** How much of a report is told. */
interface Limits {
  readonly logLines: number;
  readonly name: number;
  readonly text: number;
  readonly keep: Readonly<Partial<Record<List, number>>>;
}

export interface Fitting<Content> {
  readonly render: (report: Report) => Content;
  readonly fits: (content: Content) => boolean;
  readonly logLines?: number;
}

export interface Fitted<Content> {
  readonly report: Report;
  readonly content: Content;
}

/** What is given up first: log tails, then what matters least. Failures are told to the end, if in fewer words. */
const cuts: readonly (readonly ['logLines' | 'name' | 'text' | List, number])[] = [
  ['logLines', 0],
  ['text', 240],
  ['name', 80],
  ['skipped', 0],
  ['held', 0],
  ['available', 0],
  ['restarted', 0],
  ['recreated', 0],
  ['recovered', 0],
  ['text', 100],
  ['name', 30],
  ['failed', 1],
  ['text', 40],
];

/**
 * Renders as much of a report as fits; undefined where not even the least does. Each cut goes only as far as it must,
 * and the report says what it has taken.
 */
export function fit<Content>(
  report: Report,
  { render, fits, logLines = 6 }: Fitting<Content>,
): Fitted<Content> | undefined {
  const attempt = (limits: Limits): Fitted<Content> | undefined => {
    const shrunk = shrink(report, limits);
    const content = render(shrunk);
    return fits(content) ? { report: shrunk, content } : undefined;
  };
  let limits: Limits = { logLines, name: 255, text: 500, keep: {} };
  let found = attempt(limits);
  for (const [what, least] of cuts) {
    if (found !== undefined) return found;
    const isList = what !== 'logLines' && what !== 'name' && what !== 'text';
    const most = isList ? report[what].length : limits[what];
    if (most <= least) continue;
    const cut = (to: number): Limits =>
      isList ? { ...limits, keep: { ...limits.keep, [what]: to } } : { ...limits, [what]: to };
    found = attempt(cut(least));
    if (found === undefined) limits = cut(least);
    else found = largest(least, most, (to) => attempt(cut(to))) ?? found;
  }
  return found;
}

/** The result for the largest number between the two for which there is one. */
function largest<Found>(low: number, high: number, attempt: (to: number) => Found | undefined): Found | undefined {
  let best: Found | undefined;
  let [least, most] = [low + 1, high - 1];
  while (least <= most) {
    const middle = Math.floor((least + most) / 2);
    const found = attempt(middle);
    if (found === undefined) most = middle - 1;
    else {
      best = found;
      least = middle + 1;
    }
  }
  return best;
}

function shrink(report: Report, { logLines, name, text, keep }: Limits): Report {
  const truncated: Truncated[] = [];
  const kept = lists.map((list) => {
    const items = report[list].slice(0, keep[list] ?? Number.POSITIVE_INFINITY);
    const omitted = report[list].length - items.length;
    if (omitted > 0) truncated.push({ list, omitted });
    return [list, items.map((item) => shortened(item, { logLines, name, text }))] as const;
  });
  return { ...report, truncated, ...(Object.fromEntries(kept) as unknown as Pick<Report, List>) };
}

type Lengths = Pick<Limits, 'logLines' | 'name' | 'text'>;

function shortened(item: Item, { logLines, name, text }: Lengths): Item {
  const short = (value: string) => clip(value, name);
  const words = (value: string | null) => (value === null ? null : clip(value, text));
  const version = <V extends Item['from']>(value: V): V =>
    value === null ? value : { ...value, label: short(value.label), version: value.version && short(value.version) };
  return {
    ...item,
    name: short(item.name),
    project: item.project && short(item.project),
    service: item.service && short(item.service),
    image: { ...item.image, display: short(item.image.display), ref: short(item.image.ref) },
    from: version(item.from),
    to: version(item.to),
    change: item.change === null ? null : clip(item.change, name * 2),
    consequence: words(item.consequence),
    reason: words(item.reason),
    error: item.error && { ...item.error, message: words(item.error.message) ?? '', hint: words(item.error.hint) },
    logTail: logLines === 0 ? [] : item.logTail.slice(-logLines).map((line) => clip(line, text)),
  };
}

const longest = 500;
const mostNotes = 10;
const mostLabels = 20;

/** Whatever stands in a report was written by others, so it may be of any length and hold any sign. */
export function settled(report: Report): Report {
  const { warnings, notes } = report;
  const few = { deliveryProblems: notes.deliveryProblems.slice(0, mostNotes) };
  return settle({ ...report, host: short(report.host, 100), warnings: warnings.slice(0, mostNotes), notes: few });
}

/** What is far too long is cut roughly first: all that follows looks at every sign. */
const short = (text: string, limit: number) =>
  clip(clean(text.length > limit * 8 ? text.slice(0, limit * 8) : text), limit);

function settle<Value>(value: Value): Value {
  if (typeof value === 'string') return short(value, longest) as Value;
  if (Array.isArray(value)) return value.map(settle) as Value;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => {
    const some = key === 'labels' ? Object.fromEntries(Object.entries(inner).slice(0, mostLabels)) : inner;
    return [short(key, longest), key === 'links' ? inner : settle(some)];
  });
  return Object.fromEntries(entries) as Value;
}
