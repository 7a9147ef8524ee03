const most = 600_000;

/**
 * Whether what has been wrong `since` then has been so for so many milliseconds at `time`; both ISO 8601. Cycles do not
 * begin on the second, and one that comes up to ten minutes early must not put it off to the next.
 */
export function isOverdue(since: string, time: string, after: number): boolean {
  return Date.parse(time) - Date.parse(since) >= after - Math.min(after / 20, most);
}
