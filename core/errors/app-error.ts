import { inspect } from 'node:util';
import { type Blame, type Code, catalogue } from './catalogue.ts';

/** What people and programs are told of something that went wrong: a permanent code, what happened, what to do. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** An error Belfry foresaw. Its code is a row of the catalogue; the message says what happened this time. */
export class AppError extends Error {
  readonly code: Code;
  readonly hint: string;

  constructor(code: Code, message: string, options: { readonly cause?: unknown; readonly hint?: string } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.hint = options.hint ?? catalogue[code].hint;
  }

  get blame(): Blame {
    return catalogue[this.code].blame;
  }
}

/** Several problems found in one go, so that a user mends them in one go. Never empty. */
export class AppErrors extends Error {
  readonly errors: readonly AppError[];

  constructor(errors: readonly AppError[]) {
    super(errors.map((error) => `${error.code}: ${error.message}`).join('\n'));
    this.name = 'AppErrors';
    this.errors = errors;
  }
}

/** The problem behind any thrown value; what nobody foresaw is `UNEXPECTED`, blamed on the core. */
export function problemOf(error: unknown): Problem {
  if (error instanceof AppError) return { code: error.code, message: error.message, hint: error.hint };
  if (error instanceof AppErrors && error.errors[0] !== undefined) return problemOf(error.errors[0]);
  return { code: 'UNEXPECTED', message: messageOf(error), hint: catalogue.UNEXPECTED.hint };
}

/** Every error in a thrown value, the unforeseen as well. */
export function errorsOf(error: unknown): readonly AppError[] {
  if (error instanceof AppErrors) return error.errors;
  return [error instanceof AppError ? error : new AppError('UNEXPECTED', messageOf(error), { cause: error })];
}

/** What any thrown value says, whatever it is. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : error;
  return typeof message === 'string' ? message : inspect(message);
}

export function hasCode(error: unknown, ...codes: readonly Code[]): error is AppError {
  return error instanceof AppError && codes.includes(error.code);
}
