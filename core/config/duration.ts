/** A duration as people write it: one or more numbers with a unit, or a bare number of seconds. */
export const durationPattern = /^(?:(?:\d+(?:\.\d+)?(?:ms|s|m|h|d|w))+|\d+(?:\.\d+)?)$/;

/** The same, and with months of 30 days, where they are not easily taken for minutes. */
export const delayPattern = /^(?:(?:\d+(?:\.\d+)?(?:ms|s|m|h|d|w|M))+|\d+(?:\.\d+)?)$/;

const units = [
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;
const milliseconds: ReadonlyMap<string, number> = new Map(units);

/** Milliseconds of `90s`, `1h30m`, `7d`, `500ms` or `90` (seconds); undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  if (!durationPattern.test(text)) return undefined;
  const parts = [...text.matchAll(/([\d.]+)(ms|s|m|h|d|w)?/g)];
  const total = parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (milliseconds.get(unit ?? 's') ?? 0), 0);
  return Math.round(total);
}

/** As `parseDuration`, and `1M` is 30 days. */
export function parseDelay(text: string): number | undefined {
  return parseDuration(text.replace(/([\d.]+)M/g, (_, months: string) => `${Number(months) * 30}d`));
}

/** The shortest way to write milliseconds that `parseDuration` reads back; whole days stay hours up to two. */
export function formatDuration(total: number): string {
  let rest = total;
  let text = '';
  for (const [unit, size] of units) {
    if (unit === 'w' || (unit === 'd' && total < 172_800_000)) continue;
    const amount = Math.floor(rest / size);
    rest -= amount * size;
    if (amount > 0) text += `${amount}${unit}`;
  }
  return text === '' ? '0s' : text;
}
