import { everyOf, nextRuns, normalizeSchedule } from '../config/schedule.ts';
import type { EventType } from '../events.ts';
import { localTime } from '../local-time.ts';

/** Hours in which messages wait, by the clocks of a zone. Where `from` is later than `to`, they go over midnight. */
export interface Quiet {
  /** `22:00` */
  readonly from: string;
  readonly to: string;
  readonly timeZone: string;
  /** What does not wait. */
  readonly except: readonly EventType[];
}

const minute = 60_000;
const day = 24 * 60;

/** When the quiet hours that a moment lies in are over, in milliseconds since 1970; 0 where it lies in none. */
export function quietUntil(now: Date, { from, to, timeZone }: Quiet): number {
  const clock = minutesOn(now, timeZone);
  const [begin, end] = [minutesOf(from), minutesOf(to)];
  const sinceBegin = (clock - begin + day) % day;
  if (sinceBegin >= (end - begin + day) % day) return 0;
  const whole = Math.floor(now.getTime() / minute) * minute;
  const until = whole + ((end - clock + day) % day) * minute;
  // Where the clocks change on the way, it is an hour sooner or later.
  const off = (minutesOn(new Date(until), timeZone) - end + day) % day;
  return until - (off > day / 2 ? off - day : off) * minute;
}

function minutesOf(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return (hours * 60 + minutes) % day;
}

function minutesOn(moment: Date, timeZone: string): number {
  const { hour, minute: minutes } = localTime(moment, timeZone);
  return hour * 60 + minutes;
}

/** When the digest is due that what happened at a moment goes into, in milliseconds since 1970. */
export async function digestDue(time: string, schedule: string, timeZone: string): Promise<number> {
  const every = everyOf(schedule);
  if (every !== undefined) return Date.parse(time) + every;
  const options = { count: 1, after: new Date(time) };
  const [next] = await nextRuns(normalizeSchedule(schedule) ?? schedule, timeZone, options);
  return next?.getTime() ?? 0;
}
