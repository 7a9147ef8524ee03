import { parseDuration } from '../config/duration.ts';
import type { EventType } from '../events.ts';
import type { NotifierConfig } from '../notifier/config.ts';
import { lists, type Report } from '../notifier/report.ts';
import { type Select, selectReport } from '../notifier/select.ts';
import { oneLine } from '../one-line.ts';
import type { DeliveryAnswer } from '../plugin.ts';
import type { Instance as Configured } from '../set-up.ts';
import type { Deliver } from './attempt.ts';
import type { Instance } from './worker.ts';

export interface RecipientOptions {
  readonly deliver: Deliver;
  readonly redact: (text: string) => string;
  /** The engine's host name. */
  readonly host: string;
  /** For schedules and quiet hours that name none; asked for those alone, because to find it out costs memory. */
  readonly timeZone: () => string;
}

const standardRemind = 7 * 86_400_000;
const standardUnknownAfter = 86_400_000;
const longestReason = 300;

/** A notifier as delivery sees it: what it is told, and when, is part of its own configuration. */
export function recipientOf({ name, plugin, config }: Configured, options: RecipientOptions): Instance {
  const { deliver, redact, host, timeZone } = options;
  const settings = settingsOf(config);
  const { select, quiet, schedule, allQuiet } = settings;
  return {
    ...{ name, host, schedule, allQuiet, pace: plugin.pace, destination: destinationOf(plugin, config) },
    delivery: settings.delivery ?? 'run',
    timeZone: schedule === undefined && allQuiet === undefined ? undefined : timeZone(),
    backfill: settings.backfill ?? false,
    events: select?.events,
    select: select && ((report) => wanted(report, select)),
    remind: settings.remind === false ? null : (parseDuration(settings.remind ?? '') ?? standardRemind),
    unknownAfter: parseDuration(settings.unknownAfter ?? '') ?? standardUnknownAfter,
    quiet: quiet && { ...quiet, timeZone: quiet.timeZone ?? timeZone(), except: quiet.except ?? standardExcept },
    deliver: async (message, context) => told(await deliver(message, context), redact),
  };
}

/** The part of a report that is wanted; undefined where nothing of it is. */
function wanted(report: Report, select: Select): Report | undefined {
  const { severity, name, label, image, project } = select;
  const tellsOfSome = (one: Report) => lists.some((list) => one[list].length > 0);
  const selected = selectReport(report, select);
  if (report.kind === 'all-quiet') return selected;
  // What stands in no list belongs to no container that could be picked.
  const isPicky = [severity, name, label, image, project].some((one) => one !== undefined);
  return tellsOfSome(selected) || (!tellsOfSome(report) && !isPicky) ? selected : undefined;
}

const standardExcept: readonly EventType[] = ['failed'];

/** What a destination answers is kept and shown: without secrets, and not too long. */
function told(answer: DeliveryAnswer, redact: (text: string) => string): DeliveryAnswer {
  if (!('why' in answer)) return answer;
  return { ...answer, why: oneLine(redact(String(answer.why))).slice(0, longestReason) };
}

const shapes = {
  select: isObject,
  delivery: (value: unknown) => value === 'run' || value === 'immediate' || value === 'digest',
  schedule: isText,
  allQuiet: isText,
  quiet: (value: unknown) =>
    isObject(value) && 'from' in value && isText(value.from) && 'to' in value && isText(value.to),
  unknownAfter: isText,
  remind: (value: unknown) => value === false || isText(value),
  backfill: (value: unknown) => typeof value === 'boolean',
} as const;

/** The settings that all notifiers have; one of another author may mean something else by their names. */
function settingsOf(config: unknown): Partial<Pick<NotifierConfig, keyof typeof shapes>> {
  if (!isObject(config)) return {};
  const fitting = Object.entries(shapes).filter(([key, fits]) => fits((config as Record<string, unknown>)[key]));
  return Object.fromEntries(fitting.map(([key]) => [key, (config as Record<string, unknown>)[key]]));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** A destination that cannot be told is one of its own. */
function destinationOf({ destination }: Configured['plugin'], config: unknown): string | undefined {
  try {
    const stated: unknown = destination?.(config);
    return isText(stated) && stated !== '' ? stated : undefined;
  } catch {
    return undefined;
  }
}
