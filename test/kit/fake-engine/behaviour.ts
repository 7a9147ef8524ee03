import type { ExecCommand, ExecResult } from '../../../core/plugin.ts';

/** What the processes of an image do. Durations in milliseconds. */
export interface Behaviour {
  /** Lines it prints at each start. */
  readonly says?: readonly string[];
  /** The engine's own words when it cannot start it, as for an entrypoint that does not exist. */
  readonly startError?: string;
  /** After each start; it never ends by itself unless given. */
  readonly exitsAfter?: number;
  /** Of an end by itself. */
  readonly exitCode?: number;
  /** After each start; its first check's interval unless given. Only where it has a health check. */
  readonly healthyAfter?: number;
  readonly unhealthyAfter?: number;
  /** What becomes of a program that is run in it; where nothing does, it is not found. */
  readonly execs?: (argv: readonly string[], command: ExecCommand) => FakeExec | undefined;
  /** From a signal to the end; at once unless given. */
  readonly stopsAfter?: number;
  /** The exit code a signal leads to, 0 unless given. */
  readonly signals?: Readonly<Record<string, number | 'ignored'>>;
}

export interface FakeExec extends ExecResult {
  /** By the clock; no time unless given. */
  readonly takes?: number;
}

/** `SIGTERM` for `TERM`. */
export function signalName(signal: string): string {
  return signal.startsWith('SIG') ? signal : `SIG${signal}`;
}
