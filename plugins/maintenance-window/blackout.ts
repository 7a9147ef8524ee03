/** Dates on which nothing is updated. */
export interface Blackout {
  /** Whether a date, as `2026-12-24`, is one of them. */
  covers(date: string): boolean;
}

/** Reads `2026-12-24`, `2026-12-24..2027-01-02`, and each year `--12-24` or `--12-24..--01-02`; else undefined. */
export function parseBlackout(text: string): Blackout | undefined {
  const [first = '', last = first, ...more] = text.split('..').map((part) => part.trim());
  if (more.length > 0 || !isDate(first) || !isDate(last)) return undefined;
  const yearly = first.startsWith('--');
  if (yearly !== last.startsWith('--') || (!yearly && last < first)) return undefined;
  const within = (date: string) => date >= first && date <= last;
  const wraps = last < first;
  return {
    covers(date) {
      if (!yearly) return within(date);
      const shown = `-${date.slice(4)}`;
      return wraps ? shown >= first || shown <= last : within(shown);
    },
  };
}

function isDate(text: string): boolean {
  // A year with a 29th of February stands for all of them.
  const whole = /^--\d\d-\d\d$/.test(text) ? `2000${text.slice(1)}` : text;
  const date = new Date(`${whole}T00:00:00Z`);
  return /^\d{4}-\d\d-\d\d$/.test(whole) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(whole);
}
