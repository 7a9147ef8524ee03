import { isNativeError } from 'node:util/types';
import { AppError, messageOf } from '../errors/app-error.ts';
import type { Code } from '../errors/catalogue.ts';
import { briefly, foreignPlace } from './place.ts';

/** What foreign code threw, whatever it is: in its own words, where it did, and the likely mistake where one is typical. */
export function wordsOf(error: unknown): string {
  const said = unbroken(() => messageOf(error), 'it threw something that breaks when it is looked at');
  if (!isError(error)) {
    const isVerdict = unbroken(
      () => typeof (error as { readonly verdict?: unknown } | null)?.verdict === 'string',
      false,
    );
    return `${said}. ${isVerdict ? 'A verdict is returned, not thrown' : 'Throw an Error, which also says where it comes from'}`;
  }
  // An error of Belfry's own says all it has to say.
  const place = error instanceof AppError ? undefined : unbroken(() => foreignPlace(error.stack), undefined);
  const where = place === undefined ? '' : ` (${briefly(place)})`;
  return `${said}${where}${unbroken(() => typical(error)?.likely, undefined) ?? ''}`;
}

export function codeBehind(error: unknown): Code {
  return unbroken(() => (isError(error) ? typical(error)?.code : undefined), undefined) ?? 'PLUGIN_FAILED';
}

/** Also of another realm, or from Node itself, such as an AbortError. */
function isError(value: unknown): value is Error {
  return unbroken(() => isNativeError(value) || value instanceof Error, false);
}

/** A thrown value may throw in turn when it is looked at. */
function unbroken<Result>(look: () => Result, otherwise: Result): Result {
  try {
    return look();
  } catch {
    return otherwise;
  }
}

interface Mistake {
  readonly pattern: RegExp;
  readonly code: Code;
  readonly likely: string;
}

const typical = ({ message }: Error): Mistake | undefined =>
  typeof message === 'string' ? mistakes.find(({ pattern }) => pattern.test(message)) : undefined;

const mistakes: readonly Mistake[] = [
  {
    pattern: /read only property|object is not extensible|Cannot delete property|Cannot redefine property/,
    code: 'PLUGIN_MUTATION',
    likely: '. What a plugin is given is frozen: copy it before changing it',
  },
  { pattern: /^Invalid time value$/, code: 'PLUGIN_FAILED', likely: '. It makes a date of something that is none' },
];
