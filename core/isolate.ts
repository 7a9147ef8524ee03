import { AppError, type Problem, problemOf } from './errors/app-error.ts';
import type { Code } from './errors/catalogue.ts';
import { calling } from './hosting/caller.ts';
import { codeBehind, wordsOf } from './hosting/mistake.ts';

/** What came of a call of foreign code: nothing it does reaches the caller in another way. */
export type Isolated<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: Problem; readonly cause: unknown };

export interface Bounds {
  /** Who is called, as people know it: `slack (deliver)`. */
  readonly who: string;
  /** Milliseconds. */
  readonly deadline: number;
  readonly signal?: AbortSignal | undefined;
  /** What a call that takes too long is told as, with its likely mistake as a sentence. */
  readonly late?: { readonly code: Code; readonly likely: string };
}

const usuallyLate = {
  code: 'PLUGIN_TIMEOUT',
  likely: 'It probably waits for something that has no time-out of its own',
} as const;

/**
 * Calls foreign code. A throw, a rejection and a time-out come back as a problem that names who was called and the
 * likely mistake; the signal it is given aborts when its time is over, so that well-behaved code can end.
 */
export async function isolate<Value>(
  work: (signal: AbortSignal) => Value | Promise<Value>,
  { who, deadline, signal, late = usuallyLate }: Bounds,
): Promise<Isolated<Value>> {
  const abort = new AbortController();
  const { promise: interrupted, reject } = interruption();
  const stop = (error: AppError) => {
    reject(error);
    abort.abort(error);
  };
  // A plain timer, because it keeps the process alive until the verdict is in.
  const timer = setTimeout(() => {
    stop(new AppError(late.code, `${who} did not finish within ${deadline / 1000} s. ${late.likely}`));
  }, deadline);
  const ended = () => stop(new AppError('STOPPED_BY_SIGNAL', `${who} was stopped`));
  signal?.addEventListener('abort', ended, { once: true });
  if (signal?.aborted) ended();
  try {
    // What comes after the deadline, an answer or another error, is heard by nobody.
    const call = async () => work(abort.signal);
    const value = await calling(who, () => Promise.race([interrupted, Promise.resolve().then(call)]));
    return { ok: true, value };
  } catch (cause) {
    const own = cause === abort.signal.reason && cause instanceof AppError;
    return { ok: false, problem: problemOf(own ? cause : failure(who, cause)), cause };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', ended);
  }
}

function failure(who: string, cause: unknown): AppError {
  if (cause instanceof AppError)
    return new AppError(cause.code, `${who}: ${cause.message}`, { cause, hint: cause.hint });
  return new AppError(codeBehind(cause), `${who} failed: ${wordsOf(cause)}`, { cause });
}

function interruption(): { promise: Promise<never>; reject: (error: AppError) => void } {
  let reject: (error: AppError) => void = () => {};
  const promise = new Promise<never>((_, fail) => {
    reject = fail;
  });
  promise.catch(() => {}); // It may be rejected when nobody waits for it any more.
  return { promise, reject };
}
