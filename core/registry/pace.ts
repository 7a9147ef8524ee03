import { AppError } from '../errors/app-error.ts';

/** When each host may be asked: not too much at once, and not at all while it asks to be left alone. */
export interface Pace {
  /** Runs the task in its turn. Throws REGISTRY_RATE_LIMITED while the host is held. */
  run<Result>(host: string, task: () => Promise<Result>): Promise<Result>;
  /** Throws REGISTRY_RATE_LIMITED while the host is held. */
  check(host: string): void;
  /** Holds a host for as long as its Retry-After (seconds or a date) says. Returns the error to throw. */
  hold(host: string, retryAfter: string | undefined): AppError;
}

export interface PaceOptions {
  readonly now: () => number;
  /** Hosts that are asked without a limit per second, such as loopback. */
  readonly unmetered: (host: string) => boolean;
  /** Requests that may go out at once after a pause, and how many more each second. */
  readonly burst?: number;
  readonly perSecond?: number;
  readonly concurrent?: number;
}

const unknownHold = 60_000;
const longestHold = 24 * 60 * 60_000;

interface Lane {
  tokens: number;
  filledAt: number;
  running: number;
  heldUntil: number;
  timer: NodeJS.Timeout | undefined;
  readonly waiting: (() => void)[];
}

/** A token bucket and a number of slots for each host. */
export function createPace(options: PaceOptions): Pace {
  const { now, unmetered, burst = 20, perSecond = 50, concurrent = 8 } = options;
  const lanes = new Map<string, Lane>();

  function laneOf(host: string): Lane {
    const lane = lanes.get(host) ?? {
      tokens: burst,
      filledAt: now(),
      running: 0,
      heldUntil: 0,
      timer: undefined,
      waiting: [],
    };
    lanes.set(host, lane);
    return lane;
  }

  function admit(host: string, lane: Lane): void {
    // Who waits for a held host is let through to be refused, which costs no token.
    const metered = !unmetered(host) && lane.heldUntil <= now();
    // A clock that was set back must not stop the lane.
    lane.tokens = Math.min(burst, lane.tokens + (Math.max(0, now() - lane.filledAt) * perSecond) / 1000);
    lane.filledAt = now();
    while (lane.waiting.length > 0 && lane.running < concurrent && (!metered || lane.tokens >= 1)) {
      if (metered) lane.tokens -= 1;
      lane.running += 1;
      lane.waiting.shift()?.();
    }
    if (lane.waiting.length === 0 || lane.running >= concurrent || lane.timer !== undefined) return;
    lane.timer = setTimeout(
      () => {
        lane.timer = undefined;
        admit(host, lane);
      },
      Math.ceil(((1 - lane.tokens) * 1000) / perSecond),
    );
  }

  async function run<Result>(host: string, task: () => Promise<Result>): Promise<Result> {
    check(host);
    const lane = laneOf(host);
    await new Promise<void>((resolve) => {
      lane.waiting.push(resolve);
      admit(host, lane);
    });
    try {
      check(host);
      return await task();
    } finally {
      lane.running -= 1;
      admit(host, lane);
    }
  }

  function check(host: string): void {
    const until = lanes.get(host)?.heldUntil ?? 0;
    if (until > now()) throw limited(host, until);
  }

  function hold(host: string, retryAfter: string | undefined): AppError {
    const lane = laneOf(host);
    lane.heldUntil = Math.max(lane.heldUntil, now() + Math.min(holdFor(retryAfter, now()), longestHold));
    admit(host, lane);
    return limited(host, lane.heldUntil);
  }

  return { run, check, hold };
}

function holdFor(retryAfter: string | undefined, now: number): number {
  if (retryAfter === undefined) return unknownHold;
  if (/^\s*\d+\s*$/.test(retryAfter)) return Number(retryAfter) * 1000;
  const date = Date.parse(retryAfter);
  return Number.isNaN(date) ? unknownHold : Math.max(0, date - now);
}

function limited(host: string, until: number): AppError {
  const time = new Date(until).toISOString();
  return new AppError(
    'REGISTRY_RATE_LIMITED',
    `${host} has had too many requests (429) and is left alone until ${time}.`,
  );
}
