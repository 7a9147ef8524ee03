import type { SetTimer } from '../../core/delivery/clock.ts';

export const noon = Date.parse('2026-08-22T12:00:00Z');

/** A clock that jumps to the next timer as soon as everything waits for one. */
export function createJumpingClock() {
  let now = noon;
  const waits: number[] = [];
  const timers = new Set<{ readonly at: number; readonly callback: () => void }>();
  const setTimer: SetTimer = (callback, milliseconds) => {
    const timer = { at: now + milliseconds, callback };
    timers.add(timer);
    return () => void timers.delete(timer);
  };
  return {
    now: () => new Date(now),
    /** Milliseconds since noon. */
    elapsed: () => now - noon,
    setTimer,
    waits,
    /** Runs until no timer is left but those later than `limit`, in milliseconds since noon; then it is that late. */
    async run(limit = Number.POSITIVE_INFINITY) {
      for (;;) {
        for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
        const [next] = [...timers].sort((a, b) => a.at - b.at);
        if (next === undefined || next.at - noon > limit) break;
        timers.delete(next);
        waits.push(next.at - now);
        now = next.at;
        next.callback();
      }
      if (Number.isFinite(limit)) now = Math.max(now, noon + limit);
    },
  };
}
