const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** `3 m 41 s`, `11 s`, `0.4 s`: the two largest units there are. */
export function durationWords(milliseconds: number): string {
  if (milliseconds < 10 * second) return `${Number((milliseconds / second).toFixed(1))} s`;
  const whole = Math.round(milliseconds / second) * second;
  if (whole < minute) return `${whole / second} s`;
  if (whole < hour) return two(whole, [minute, 'm'], [second, 's']);
  return whole < day ? two(whole, [hour, 'h'], [minute, 'm']) : two(whole, [day, 'd'], [hour, 'h']);
}

function two(total: number, [large, first]: [number, string], [small, second]: [number, string]): string {
  const rest = Math.floor((total % large) / small);
  return `${Math.floor(total / large)} ${first}${rest === 0 ? '' : ` ${rest} ${second}`}`;
}

/** `3 d`: how long ago something was, in its largest unit. */
export function ageWords(milliseconds: number): string {
  const units = [
    [365 * day, 'y'],
    [day, 'd'],
    [hour, 'h'],
    [minute, 'm'],
  ] as const;
  const fitting = units.find(([size]) => milliseconds >= size);
  return fitting === undefined ? '0 m' : `${Math.floor(milliseconds / fitting[0])} ${fitting[1]}`;
}

/** `2026-08-22 02:07`, in UTC, of a time in ISO 8601. */
export const minuteWords = (time: string): string => time.replace('T', ' ').slice(0, 16);

/** `1.9 GB`, in units of a thousand as registries count. */
export function byteWords(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const at = Math.min(Math.max(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), 0), units.length - 1);
  return `${Number((bytes / 1000 ** at).toFixed(at === 0 ? 0 : 1))} ${units[at]}`;
}

/** `1 container`, `3 containers`. */
export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;
