/** A clock that stands still until told otherwise, so that no test waits. */
export interface FakeClock {
  /** Milliseconds since 1970. */
  now(): number;
  date(): Date;
  /** Lets time pass, in milliseconds. */
  advance(ms: number): void;
  /** Advances by its whole length at once. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls back after each advance. */
  onAdvance(listener: () => void): void;
}

export function createFakeClock(start: number = Date.UTC(2026, 0, 1)): FakeClock {
  const listeners: (() => void)[] = [];
  let now = start;
  const advance = (ms: number) => {
    now += ms;
    for (const listener of listeners) listener();
  };
  return {
    now: () => now,
    date: () => new Date(now),
    advance,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      advance(ms);
    },
    onAdvance: (listener) => void listeners.push(listener),
  };
}
