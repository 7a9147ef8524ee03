import { AppError } from '../errors/app-error.ts';
import type { Environment } from './environment.ts';
import type { Given } from './given.ts';
import { everyOf, nextRuns } from './schedule.ts';
import type { Settings } from './settings.ts';
import type { SettingKey } from './table.ts';
import { readValue } from './values.ts';

/** What a schedule makes of the settings about time; empty without one. */
export interface Time {
  readonly settings: Partial<Pick<Settings, 'interval' | 'schedule' | 'timeZone'>>;
  readonly problems: readonly AppError[];
}

/**
 * Settles when to run, by what the sources say, the strongest last: a schedule excludes an interval, of which the
 * stronger source's wins; it needs a time zone, and must come true some day.
 */
export async function settleTime(sources: readonly (readonly Given[])[], environment: Environment): Promise<Time> {
  const find = (given: readonly Given[], wanted: SettingKey) => given.findLast(({ key }) => key === wanted);
  const decisive = sources.findLast((given) => find(given, 'schedule') ?? find(given, 'interval')) ?? [];
  const schedule = find(decisive, 'schedule');
  if (schedule === undefined) return { settings: { schedule: null }, problems: [] };
  const conflicts = conflictOf(schedule, find(decisive, 'interval'));
  const expression = String(schedule.value);
  const every = everyOf(expression);
  if (every !== undefined) return { settings: { interval: every, schedule: null }, problems: conflicts };
  const zone = readValue('zone', String(find(sources.flat(), 'timeZone')?.value ?? systemZone(environment)));
  if ('problem' in zone) {
    return { settings: {}, problems: [...conflicts, new AppError('VARIABLE_INVALID', `TZ: ${zone.problem}.`)] };
  }
  const impossible = await nextRuns(expression, zone.value, { count: 1 }).then(
    () => [],
    (error: unknown) => {
      if (!(error instanceof AppError)) throw error;
      return [new AppError('CONFIG_INVALID', `${schedule.origin}: ${error.message}`)];
    },
  );
  const settings = { interval: null, schedule: expression, timeZone: zone.value };
  return { settings, problems: [...conflicts, ...impossible] };
}

/** Belfry's time zone: the setting, else the one of TZ or of the system. Asking Intl costs megabytes, so ask late. */
export function zoneOf({ timeZone }: Pick<Settings, 'timeZone'>, environment: Environment): string {
  return timeZone ?? systemZone(environment);
}

function conflictOf(schedule: Given, interval: Given | undefined): readonly AppError[] {
  if (interval === undefined) return [];
  return [new AppError('CONFIG_CONFLICT', `${schedule.origin} and ${interval.origin} both say when to run.`)];
}

/** `TZ` may begin with a colon. */
function systemZone({ TZ }: Environment): string {
  return TZ?.replace(/^:/, '') || Intl.DateTimeFormat().resolvedOptions().timeZone;
}
