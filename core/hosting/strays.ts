import { AppError, type Problem, problemOf } from '../errors/app-error.ts';
import type { Log } from '../log.ts';
import { caller } from './caller.ts';
import { exitNow } from './exit-guard.ts';
import { wordsOf } from './mistake.ts';
import { foreignPlace } from './place.ts';
import { createPluginLog } from './plugin-log.ts';

/** What foreign code threw or rejected when no call of it was waited for any more. */
export interface Stray {
  /** Whose call led there, `gate (setup)`, where that is known. */
  readonly who: string | undefined;
  readonly problem: Problem;
}

/** Answers whether it is one that it knows, and has told. */
type Hear = (stray: Stray) => boolean;

const listeners = new Set<Hear>();

/** Calls back with every stray, until the returned function is called. */
export function onStray(hear: Hear): () => void {
  listeners.add(hear);
  return () => void listeners.delete(hear);
}

/**
 * Keeps the process alive where it is foreign code that fails, in the middle of whatever else is under way. An
 * exception of the core's own ends it as ever: nobody knows what it left undone, and the next start puts it in order.
 */
export function catchStrays(log: Log): void {
  const logs = new Map<string, Log>();
  const tell = (stray: Stray) => {
    const known = [...listeners].filter((hear) => hear(stray));
    if (known.length > 0) return;
    // It is about to be set up, or disposed of.
    const name = stray.who?.replace(/ \(.*$/, '') ?? 'unknown';
    const bounded = logs.get(name) ?? createPluginLog(log, name, () => new Date()).log;
    logs.set(name, bounded);
    bounded.error(stray.problem.message);
  };
  process.on('unhandledRejection', (reason) => {
    const stray = strayBehind(reason, 'left a promise that nobody waits for, and it failed');
    if (stray === undefined) log.error(`a promise was forgotten and failed: ${wordsOf(reason)}`);
    else tell(stray);
  });
  process.on('uncaughtException', (error) => {
    const stray = strayBehind(error, 'threw in a timer or a callback');
    if (stray !== undefined) return tell(stray);
    log.error(`Belfry failed: ${error instanceof Error ? error.stack : wordsOf(error)}`);
    exitNow(1);
  });
}

/** Undefined for what is not foreign code's. */
function strayBehind(error: unknown, did: string): Stray | undefined {
  const who = caller();
  const place = foreignPlace((error as { readonly stack?: unknown } | null | undefined)?.stack);
  if (who === undefined && place === undefined) return undefined;
  const whose = who ?? `code in ${place?.file}`;
  const code = error instanceof AppError ? error.code : 'PLUGIN_STRAY';
  return { who, problem: problemOf(new AppError(code, `${whose} ${did}: ${wordsOf(error)}`)) };
}
