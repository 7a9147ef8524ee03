import { AppError, problemOf } from '../errors/app-error.ts';
import { parseDuration } from './duration.ts';

/** What a schedule looks like, for messages. */
export const scheduleShape = 'a cron expression of 5 or 6 fields, such as "0 4 * * *", or @daily, or @every 6h';

const descriptors: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

/** A schedule without quotes and nicknames; undefined where it cannot be one. `@every …` stays: it is an interval. */
export function normalizeSchedule(text: string): string | undefined {
  const bare = text
    .trim()
    .replace(/^(["'])(.*)\1$/, '$2')
    .trim();
  if (bare.startsWith('@every')) return (everyOf(bare) ?? 0) >= 1000 ? bare : undefined;
  if (bare.startsWith('@')) return descriptors[bare];
  const fields = bare.split(/\s+/);
  return fields.length === 5 || fields.length === 6 ? fields.join(' ') : undefined;
}

/** The milliseconds of `@every 1h30m`; undefined for a schedule by the clock. */
export function everyOf(schedule: string): number | undefined {
  const [, duration] = /^@every\s+(\S+)$/.exec(schedule) ?? [];
  return duration === undefined ? undefined : parseDuration(duration);
}

let loaded: Promise<typeof import('croner')> | undefined;

/** The next runs after a moment. Throws CONFIG_INVALID where the expression is wrong or never runs. */
export async function nextRuns(
  schedule: string,
  timeZone: string,
  options: { readonly count?: number; readonly after?: Date } = {},
): Promise<readonly Date[]> {
  loaded ??= import('croner');
  const { Cron } = await loaded;
  try {
    const runs = new Cron(schedule, { timezone: timeZone, mode: '5-or-6-parts', paused: true }).nextRuns(
      options.count ?? 3,
      options.after,
    );
    if (runs.length > 0) return runs;
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error);
    throw new AppError('CONFIG_INVALID', `"${schedule}" is not ${scheduleShape}: ${why}`);
  }
  throw new AppError('CONFIG_INVALID', `"${schedule}" names no moment that ever comes.`);
}

/** What is wrong with a schedule; undefined where it comes again and again. */
export async function scheduleProblem(text: string): Promise<string | undefined> {
  const schedule = normalizeSchedule(text);
  if (schedule === undefined) return `Write ${scheduleShape}.`;
  if (everyOf(schedule) !== undefined) return undefined;
  return nextRuns(schedule, 'UTC', { count: 1 }).then(
    () => undefined,
    (error: unknown) => problemOf(error).message,
  );
}

/** A moment as the clocks of a zone show it, with how far they are from UTC: `2026-03-29 03:00:00 GMT+02:00`. */
export function formatRun(run: Date, timeZone: string): string {
  const two = '2-digit';
  const date = { year: 'numeric', month: two, day: two, hour: two, minute: two, second: two } as const;
  return new Intl.DateTimeFormat('sv-SE', { ...date, timeZone, timeZoneName: 'longOffset' }).format(run);
}
