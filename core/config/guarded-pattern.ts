import { type Context, createContext, Script } from 'node:vm';
import { AppError } from '../errors/app-error.ts';
import { patternProblem } from './pattern.ts';

/** A regular expression that someone wrote: bounded in length, and in the time it may take on whatever text. */
export interface GuardedPattern {
  readonly source: string;
  /** The first text in which it is found. Throws PATTERN_TOO_SLOW where it takes longer than half a second. */
  find(texts: readonly string[]): string | undefined;
}

/** The pattern, or what is wrong with it, to follow its quotation. */
export function guardedPattern(source: string): GuardedPattern | string {
  const problem = patternProblem(source);
  if (problem !== undefined) return problem;
  const pattern = new RegExp(source);
  return { source, find: (texts) => search(pattern, texts) };
}

const longest = 500;
// Pure, so that what matches nothing does not load it.
const search = /* @__PURE__ */ createSearch();

/** Only the machine that runs scripts can interrupt a match; it is made when a pattern is first used. */
function createSearch() {
  const script = new Script('texts.find((text) => pattern.test(text))');
  let room: Context | undefined;
  return (pattern: RegExp, texts: readonly string[]): string | undefined => {
    room ??= createContext({});
    Object.assign(room, { pattern, texts });
    try {
      return script.runInContext(room, { timeout: longest }) as string | undefined;
    } catch (cause) {
      if ((cause as { readonly code?: unknown }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw cause;
      throw new AppError('PATTERN_TOO_SLOW', `the pattern ${pattern.source} took longer than ${longest} ms`, { cause });
    } finally {
      Object.assign(room, { pattern: undefined, texts: undefined });
    }
  };
}
