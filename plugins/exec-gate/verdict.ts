import { type Defer, defer, type ProgramResult, type Veto, veto } from 'belfry/plugin';

/** By sysexits.h: try again later. */
const notNow = 75;
const longest = 300;

interface Asked {
  readonly program: string;
  /** Milliseconds. */
  readonly timeout: number;
}

/** What a program means that did not end with 0. Throws where it did not answer. */
export function verdictOf({ exitCode, signal, timedOut, stdout, output }: ProgramResult, asked: Asked): Veto | Defer {
  const { program, timeout } = asked;
  const said = firstLine(stdout) || firstLine(output);
  const words = said === '' ? '' : `: ${said}`;
  if (timedOut) throw new Error(`${program} did not end within ${timeout / 1_000} s and was ended${words}`);
  if (exitCode === null) throw new Error(`${program} was ended by ${signal}${words}`);
  if (exitCode !== 1 && exitCode !== notNow) throw new Error(`${program} ended with exit code ${exitCode}${words}`);
  const answer = objectOf(stdout);
  const reason = answer === undefined ? said : reasonIn(answer, program);
  if (exitCode === 1) return veto(reason || `${program} says no`);
  return defer(reason || `${program} says not now`, answer === undefined ? undefined : untilIn(answer, program));
}

type Answer = Readonly<Record<string, unknown>>;

function reasonIn({ reason = '' }: Answer, program: string): string {
  if (typeof reason === 'string') return firstLine(reason);
  throw new Error(`${program} gave a reason that is no text`);
}

function untilIn({ until }: Answer, program: string): Date | undefined {
  if (until === undefined || until === null) return undefined;
  const date = new Date(typeof until === 'string' ? until : Number.NaN);
  if (!Number.isNaN(date.getTime())) return date;
  throw new Error(`${program} gave an \`until\` that is no date such as 2026-11-28T22:00:00Z`);
}

/** What a program says that answers with an object and nothing else. */
function objectOf(stdout: string): Answer | undefined {
  try {
    const value: unknown = JSON.parse(stdout);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Answer) : undefined;
  } catch {
    return undefined;
  }
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0]?.trim().slice(0, longest) ?? '';
}
