import type { Blackout } from './blackout.ts';
import type { Window } from './windows.ts';
import { day, type Zone } from './zone.ts';

/** When updates may happen: while a window of each set is open, on no date of the blackout. */
export interface Calendar {
  readonly zone: Zone;
  /** An empty set is always open. */
  readonly sets: readonly (readonly Window[])[];
  readonly blackout: readonly Blackout[];
}

/** How far ahead is looked. */
const horizon = 2 * 366;

const always: readonly Window[] = [{ days: [0, 1, 2, 3, 4, 5, 6], from: 0, to: 1440, text: 'always' }];

/** The first instant from `now` on at which updates may happen; undefined where none comes within two years. */
export function nextOpening({ zone, sets, blackout }: Calendar, now: number): number | undefined {
  const all = sets.map((windows) => (windows.length === 0 ? always : windows));
  let instant = now;
  while (instant <= now + horizon * day) {
    const openings: number[] = [];
    for (const windows of all) {
      const opening = nextIn(windows, { zone, blackout }, instant);
      if (opening === undefined) return undefined;
      openings.push(opening);
    }
    const latest = Math.max(instant, ...openings);
    if (latest === instant) return instant;
    instant = latest;
  }
  return undefined;
}

type Place = Pick<Calendar, 'zone' | 'blackout'>;

function nextIn(windows: readonly Window[], place: Place, instant: number): number | undefined {
  const today = place.zone.dayAt(instant);
  // A window of yesterday may reach into today.
  for (let date = today - 1; date <= today + horizon; date += 1) {
    const spans = windows.flatMap((window) => spansOf(window, date)).filter((span) => !isBlack(place, span.date));
    const openings = spans.flatMap((span) => {
      const end = place.zone.instantOf(span.date, span.to);
      const opening = Math.max(place.zone.instantOf(span.date, span.from), instant);
      return opening < end ? opening : [];
    });
    if (openings.length > 0) return Math.min(...openings);
  }
  return undefined;
}

interface Span {
  readonly date: number;
  readonly from: number;
  readonly to: number;
}

/** The hours of a window that begins on a date, each within one date. */
function spansOf({ days, from, to }: Window, date: number): readonly Span[] {
  if (!days.includes(weekday(date))) return [];
  if (from < to) return [{ date, from, to }];
  const evening = { date, from, to: 1440 };
  return to === 0 ? [evening] : [evening, { date: date + 1, from: 0, to }];
}

/** 1970-01-01 was a Thursday. */
const weekday = (date: number) => (((date + 4) % 7) + 7) % 7;

/** `2026-12-24` */
export const dateText = (date: number): string => new Date(date * day).toISOString().slice(0, 10);

function isBlack({ blackout }: Place, date: number): boolean {
  return blackout.length > 0 && blackout.some((one) => one.covers(dateText(date)));
}
