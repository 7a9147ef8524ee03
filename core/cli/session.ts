import type { Parts } from '../app.ts';
import type { Loaded } from '../config/load.ts';
import { AppError, AppErrors, type Problem, problemOf } from '../errors/app-error.ts';
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

/** 3 where the engine is out of reach, 2 where the user can mend it, else 1. */
export function exitCodeOf(error: unknown): number {
  const errors = error instanceof AppErrors ? error.errors : [error];
  const [first] = errors;
  if (!(first instanceof AppError)) return exitCodes.failed;
  if (['ENGINE_UNREACHABLE', 'ENGINE_TIMEOUT', 'ENGINE_API_TOO_OLD'].includes(first.code)) return exitCodes.engine;
  return first.blame === 'user' || first.code.startsWith('PLUGIN_') ? exitCodes.configuration : exitCodes.failed;
}

export function problemsOf(error: unknown): readonly Problem[] {
  return error instanceof AppErrors ? error.errors.map(problemOf) : [problemOf(error)];
}

/** Every `--json` output is one line: an object that says which version of its shape it has. */
export function printJson(terminal: Terminal, value: object): void {
  terminal.print(JSON.stringify({ schema: 1, ...value }));
}
