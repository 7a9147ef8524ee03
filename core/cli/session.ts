import type { Parts } from '../app.ts';
import type { Loaded } from '../config/load.ts';
import { AppError, AppErrors, type Problem, problemOf } from '../errors/app-error.ts';
import type { Finished } from '../events.ts';
import type { Arguments } from './arguments.ts';
import type { Terminal } from './terminal.ts';

/** One run of the program. */
export interface Session {
  readonly args: Arguments;
  readonly loaded: Loaded;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly parts: Parts;
  readonly terminal: Terminal;
  /** Aborts at the first SIGTERM or SIGINT; a second one ends the process at once. */
  readonly signal: AbortSignal;
}

/** A command resolves with its exit code. */
export type CommandRun = (session: Session) => Promise<number>;

export const exitCodes = { fine: 0, failed: 1, configuration: 2, engine: 3, updates: 10 } as const;

/** Why a session's signal aborts: somebody asked the program to stop. */
export class Stop extends Error {
  override readonly name = 'AbortError';
  /** What a shell makes of the signal. */
  readonly exitCode: number;

  constructor(signal: 'SIGINT' | 'SIGTERM') {
    super('Belfry was asked to stop');
    this.exitCode = signal === 'SIGINT' ? 130 : 143;
  }
}

const stopCodes: readonly string[] = ['CYCLE_STOPPED', 'STOPPED_BY_SIGNAL'];

/** 1 where something failed; where something was left undone because of a signal, what shells make of that signal. */
export function cycleExitCode({ counts, items }: Pick<Finished, 'counts' | 'items'>, signal: AbortSignal): number {
  const undone = items.filter(({ problem, outcome }) => outcome !== 'down' && stopCodes.includes(problem?.code ?? ''));
  if (counts.failed > undone.filter(({ state }) => state === 'failed').length) return exitCodes.failed;
  if (undone.length === 0) return exitCodes.fine;
  return signal.reason instanceof Stop ? signal.reason.exitCode : exitCodes.failed;
}

/** 3 where the engine is out of reach, 2 where the user can mend it, else 1. */
export function exitCodeOf(error: unknown): number {
  const errors = error instanceof AppErrors ? error.errors : [error];
  const [first] = errors;
  if (!(first instanceof AppError)) return exitCodes.failed;
  if (['ENGINE_UNREACHABLE', 'ENGINE_TIMEOUT', 'ENGINE_API_TOO_OLD'].includes(first.code)) return exitCodes.engine;
  if (stopCodes.includes(first.code)) return exitCodes.failed;
  return first.blame === 'user' || first.code.startsWith('PLUGIN_') ? exitCodes.configuration : exitCodes.failed;
}

export function problemsOf(error: unknown): readonly Problem[] {
  return error instanceof AppErrors ? error.errors.map(problemOf) : [problemOf(error)];
}

/** Every `--json` output is one line: an object that says which version of its shape it has. */
export function printJson(terminal: Terminal, value: object): void {
  terminal.print(JSON.stringify({ schema: 1, ...value }));
}
