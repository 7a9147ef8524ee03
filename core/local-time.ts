/** What the clock and the calendar of a place show. */
export interface LocalTime {
  readonly year: number;
  /** 1 for January. */
  readonly month: number;
  readonly day: number;
  /** 0 to 23. */
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly weekday: Weekday;
}

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;
export type Weekday = (typeof weekdays)[number];

/**
 * What the clocks of a time zone such as `Europe/Berlin` show at a moment, whatever the machine's own zone is:
 * `localTime(now(), timeZone).hour`. Throws a RangeError where there is no such zone.
 */
export function localTime(moment: Date, timeZone: string): LocalTime {
  const shown = Object.fromEntries(
    formatFor(timeZone)
      .formatToParts(moment)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = shown;
  const weekday = weekdays[new Date(Date.UTC(year, month - 1, day)).getUTCDay()] ?? 'sunday';
  return { year, month, day, hour, minute, second, weekday };
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making one costs more than using it. */
function formatFor(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const date = { year: 'numeric', month: 'numeric', day: 'numeric' } as const;
  const time = { hour: 'numeric', minute: 'numeric', second: 'numeric', hourCycle: 'h23' } as const;
  const made = new Intl.DateTimeFormat('en-US', { ...date, ...time, timeZone, calendar: 'gregory' });
  formats.set(timeZone, made);
  return made;
}
