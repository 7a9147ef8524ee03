import { localTime } from 'belfry/plugin';

const second = 1000;
const minute = 60 * second;
export const day = 24 * 60 * minute;

/** A place's clock and calendar. Days count from 1970-01-01 and instants in milliseconds. */
export interface Zone {
  readonly name: string;
  /** The day that its calendar shows at an instant. */
  dayAt(instant: number): number;
  /**
   * The first instant at which its clock shows so many minutes past a day's midnight, or more where it skips them.
   * Where the clock goes back over them, that is the first of the two.
   */
  instantOf(day: number, minutes: number): number;
}

/** Throws a RangeError where there is no such time zone. */
export function zoneNamed(name: string): Zone {
  /** How far its clock is ahead of UTC. */
  const offsetAt = (instant: number): number => {
    const whole = Math.floor(instant / second) * second;
    const shown = localTime(new Date(whole), name);
    return Date.UTC(shown.year, shown.month - 1, shown.day, shown.hour, shown.minute, shown.second) - whole;
  };
  offsetAt(0); // Throws at once where there is no such zone.

  return {
    name,
    dayAt: (instant) => Math.floor((instant + offsetAt(instant)) / day),
    instantOf(onDay, minutes) {
      const wall = onDay * day + minutes * minute;
      const offsets = [offsetAt(wall - day), offsetAt(wall + day)];
      const [early = 0, late = 0] = offsets.map((offset) => wall - offset).sort((a, b) => a - b);
      const shown = [early, late].find((instant) => instant + offsetAt(instant) === wall);
      return shown ?? jumpBetween(early, late, (instant) => instant + offsetAt(instant) > wall);
    },
  };
}

/** The first instant, to the second, that is past the jump. */
function jumpBetween(before: number, after: number, isPast: (instant: number) => boolean): number {
  let [low, high] = [before, after];
  while (high - low > second) {
    const middle = Math.floor((low + high) / 2 / second) * second;
    if (isPast(middle)) high = middle;
    else low = middle;
  }
  return high;
}
