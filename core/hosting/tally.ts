import type { Problem } from '../errors/app-error.ts';

/** The last thing that went wrong with an instance. */
export interface Failure {
  /** ISO 8601. */
  readonly time: string;
  readonly code: string;
  readonly message: string;
}

/** What became of an instance since it was set up. */
export interface Tally {
  /** How many events it has heard, questions it has answered and messages it was given. */
  readonly calls: number;
  readonly failures: number;
  readonly lastFailure: Failure | null;
  called(): void;
  failed(problem: Problem): void;
}

export function createTally(now: () => Date): Tally {
  let calls = 0;
  let failures = 0;
  let lastFailure: Failure | null = null;
  return {
    get calls() {
      return calls;
    },
    get failures() {
      return failures;
    },
    get lastFailure() {
      return lastFailure;
    },
    called() {
      calls += 1;
    },
    failed({ code, message }) {
      failures += 1;
      lastFailure = { time: now().toISOString(), code, message };
    },
  };
}
