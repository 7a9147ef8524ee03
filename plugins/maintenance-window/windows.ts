/** Hours in which updates may happen: `from` and `to` in minutes after midnight; those past it belong to the day before. */
export interface Window {
  /** 0 is Sunday. */
  readonly days: readonly number[];
  readonly from: number;
  /** Up to 24:00; before `from`, it is on the next day. */
  readonly to: number;
  /** As people write it, `sat,sun 02:00-05:00`. */
  readonly text: string;
}

const names = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** The days of `mon` or `mon-fri`; undefined for anything else. */
function parseDays(text: string): readonly number[] | undefined {
  const ends = text.trim().toLowerCase().split('-');
  const [first = -1, last = first] = ends.map((name) => names.indexOf(name));
  if (first < 0 || last < 0 || ends.length > 2) return undefined;
  const count = ((last - first + 7) % 7) + 1;
  return Array.from({ length: count }, (_, at) => (first + at) % 7);
}

/** Minutes after midnight of `HH:MM`, up to `24:00`; undefined for anything else. */
function parseTime(text: string): number | undefined {
  const [, hours, minutes] = /^(\d\d?):(\d\d)$/.exec(text.trim()) ?? [];
  const total = Number(hours) * 60 + Number(minutes);
  return Number(minutes) < 60 && total <= 1440 ? total : undefined;
}

/** A window of what people wrote; without days it is every day's. A text says what is wrong. */
export function windowOf(days: readonly string[], from: string, to: string): Window | string {
  const parsed = days.map((text) => ({ text, days: parseDays(text) }));
  const wrong = parsed.find((one) => one.days === undefined);
  if (wrong !== undefined) return `"${wrong.text}" is not a day such as sat, or days such as mon-fri`;
  const [begin, end] = [parseTime(from), parseTime(to)];
  if (begin === undefined || begin === 1440) return `"${from}" is not a time such as 22:00`;
  if (end === undefined) return `"${to}" is not a time such as 05:00`;
  if (begin === end) return `it ends as it begins, at ${to}; the whole day is 00:00-24:00`;
  const all = days.length === 0 ? [0, 1, 2, 3, 4, 5, 6] : parsed.flatMap((one) => one.days ?? []);
  const text = `${days.length === 0 ? 'daily' : days.join(',')} ${from}-${to}`;
  return { days: all, from: begin, to: end, text };
}

/** The windows of a label such as `sat,sun 02:00-05:00; mon-fri 23:00-24:00`. A text says what is wrong. */
export function parseWindows(text: string): readonly Window[] | string {
  const windows: Window[] = [];
  for (const part of text.split(';')) {
    const words = part.trim().split(/\s+/);
    const [from, to, ...more] = (words.pop() ?? '').split('-');
    if (from === undefined || to === undefined || more.length > 0) {
      return `"${part.trim()}" is not a window such as "sat,sun 02:00-05:00"`;
    }
    const window = windowOf(
      words.flatMap((word) => word.split(',').filter(Boolean)),
      from,
      to,
    );
    if (typeof window === 'string') return window;
    windows.push(window);
  }
  return windows;
}
