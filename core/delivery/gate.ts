import type { DeliveryAnswer, Pace } from '../plugin.ts';
import { pause, type SetTimer } from './clock.ts';

/** The way to one destination, shared by all instances that send there. */
export interface Gate {
  /** Resolves with true when one attempt may be made now, and with false where the signal comes first. */
  enter(signal: AbortSignal): Promise<boolean>;
  /** Says how the attempt ended; undefined where none was made after all. */
  leave(answer: DeliveryAnswer | undefined): void;
  /** Goes on where an earlier process has stopped: after so many failures, and not before that moment. */
  recall(failures: number, until: number): void;
  /** Lets the next attempt through at once: someone says that the destination works again. */
  open(): void;
  /** When the next attempt may be made, in milliseconds since 1970; 0 where nothing is in its way. */
  readonly until: number;
  /** True while so many attempts in a row have failed that only single probes are made. */
  readonly broken: boolean;
}

export interface GateOptions {
  readonly now: () => Date;
  readonly random: () => number;
  readonly setTimer: SetTimer;
  readonly pace?: Pace | undefined;
}

const standardPace: Pace = { burst: 5, every: 1000 };

const failuresBeforeBreak = 3;
const shortestBreak = 5_000;
const longestBreak = 120_000;
const shortestAfter = 1_000;
const longestAfter = 6 * 3_600_000;

/**
 * Keeps the pace of a destination, waits as long as it asks for, and after three failures in a row lets only single
 * probes through, 5 s to 2 min apart; one success opens it again.
 */
export function createGate({ now, random, setTimer, pace = standardPace }: GateOptions): Gate {
  let tokens = pace.burst;
  let filledAt = now().getTime();
  let failures = 0;
  let askedFor = 0;
  let brokenUntil = 0;
  let inside = 0;
  const waiting = new Set<() => void>();

  const isBroken = () => failures >= failuresBeforeBreak;
  const until = () => Math.max(askedFor, brokenUntil);

  function fill(time: number): void {
    // A clock that was set back must not take tokens away.
    tokens = Math.min(pace.burst, tokens + Math.max(0, time - filledAt) / pace.every);
    filledAt = time;
  }

  /** Milliseconds until an attempt may be made; very many where another one has to end first. */
  function wait(): number {
    const time = now().getTime();
    fill(time);
    if (isBroken() && inside > 0) return longestAfter;
    const forToken = tokens >= 1 ? 0 : Math.ceil((1 - tokens) * pace.every);
    return Math.max(forToken, until() - time);
  }

  /** Looks again after so many milliseconds, or as soon as something has changed. */
  async function rest(milliseconds: number, signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const end = () => over.abort();
    waiting.add(end);
    signal.addEventListener('abort', end, { once: true });
    await pause(setTimer, milliseconds, over.signal);
    signal.removeEventListener('abort', end);
    waiting.delete(end);
  }

  function change(): void {
    for (const end of [...waiting]) end();
  }

  function failed(after: number | undefined): void {
    const time = now().getTime();
    failures += 1;
    // A little more than asked for, so that not everyone who was sent away comes back at the same moment.
    if (after !== undefined) askedFor = time + boundedAfter(after) * (1 + random() / 10);
    if (!isBroken()) return;
    const length = shortestBreak * 2 ** (failures - failuresBeforeBreak) * (1 + random() / 10);
    brokenUntil = time + Math.min(longestBreak, length);
  }

  return {
    async enter(signal) {
      for (let left = wait(); left > 0; left = wait()) {
        if (signal.aborted) return false;
        await rest(left, signal);
      }
      if (signal.aborted) return false;
      tokens -= 1;
      inside += 1;
      return true;
    },
    leave(answer) {
      inside -= 1;
      if (answer === undefined) tokens = Math.min(pace.burst, tokens + 1);
      else if (answer.outcome === 'retry') failed(answer.after);
      else {
        failures = 0;
        brokenUntil = 0;
      }
      change();
    },
    recall(before, next) {
      failures = Math.max(failures, before);
      if (isBroken()) brokenUntil = Math.max(brokenUntil, Math.min(next, now().getTime() + longestBreak));
    },
    open() {
      askedFor = 0;
      brokenUntil = 0;
      change();
    },
    get until() {
      return until() > now().getTime() ? until() : 0;
    },
    get broken() {
      return isBroken();
    },
  };
}

/** What a destination asks for, within reason: at least a second, at most six hours. */
export const boundedAfter = (after: number): number =>
  Number.isFinite(after) ? Math.min(Math.max(after, shortestAfter), longestAfter) : longestAfter;
