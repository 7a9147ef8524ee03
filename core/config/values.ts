import { parseDelay, parseDuration } from './duration.ts';
import { isRange, readTransform } from './follow.ts';
import { patternProblem } from './pattern.ts';
import { normalizeSchedule, scheduleShape } from './schedule.ts';
import type { LogLevel } from './settings.ts';

/** What each kind of value is once read. Durations are milliseconds. */
export interface ValueOf {
  readonly boolean: boolean;
  readonly integer: number;
  /** Of a user or group. */
  readonly id: number;
  readonly duration: number;
  readonly delay: number;
  readonly text: string;
  readonly path: string;
  readonly patterns: readonly string[];
  readonly addresses: readonly string[];
  readonly cron: string;
  readonly zone: string;
  readonly level: LogLevel;
  readonly signal: string;
  readonly range: string;
  readonly pattern: string;
  readonly transform: string;
}

export type Kind = keyof ValueOf;
export type Value = ValueOf[Kind];
export type Reading<Read extends Value = Value> = { readonly value: Read } | { readonly problem: string };

/** Reads a value as flags, environment and labels write it; `problem` is the sentence's end: `"x" is not …`. */
export function readValue<K extends Kind>(kind: K, text: string): Reading<ValueOf[K]> {
  const reader: Reader<ValueOf[K]> = kinds[kind];
  const value = reader.read(text);
  return value === undefined ? { problem: `"${text}" is not ${reader.expects}` } : { value };
}

interface Reader<Read> {
  /** What stands for the value in help, such as `--interval DURATION`. */
  readonly placeholder: string;
  readonly expects: string;
  /** Undefined where the text cannot be understood. */
  read(text: string): Read | undefined;
}

const largest = 2_147_483_647;

export const logLevels = ['error', 'warn', 'info', 'debug'] as const satisfies readonly LogLevel[];

/** The names other tools have for the four levels. */
const levelNames: Readonly<Record<string, LogLevel>> = {
  panic: 'error',
  fatal: 'error',
  warning: 'warn',
  trace: 'debug',
};

/** Go's strconv.ParseBool, which Watchtower's users are used to. */
const booleans = new Map([
  ...['1', 't', 'T', 'TRUE', 'true', 'True'].map((text) => [text, true] as const),
  ...['0', 'f', 'F', 'FALSE', 'false', 'False'].map((text) => [text, false] as const),
]);

export const kinds: { readonly [K in Kind]: Reader<ValueOf[K]> } = {
  boolean: { placeholder: '', expects: 'true or false', read: (text) => booleans.get(text) },
  integer: {
    placeholder: 'NUMBER',
    expects: 'a whole number from 1 up',
    read: (text) => (/^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined),
  },
  id: {
    placeholder: 'NUMBER',
    expects: 'a whole number from 0 to 2147483647',
    read: (text) => (/^\d{1,10}$/.test(text) && Number(text) <= largest ? Number(text) : undefined),
  },
  duration: { placeholder: 'DURATION', expects: 'a duration such as 90s, 5m or 1h30m', read: parseDuration },
  delay: { placeholder: 'DURATION', expects: 'a duration such as 12h, 3d or 1M (30 days)', read: parseDelay },
  text: { placeholder: 'TEXT', expects: 'a text', read: (text) => text },
  path: { placeholder: 'PATH', expects: 'a path', read: (text) => text },
  patterns: {
    placeholder: 'PATTERNS',
    expects: 'a list of patterns',
    read: (text) => text.split(',').flatMap((pattern) => pattern.trim() || []),
  },
  // Variables hold several, and are split before.
  addresses: { placeholder: 'URL', expects: 'a list of addresses', read: (text) => [text] },
  cron: { placeholder: 'CRON', expects: scheduleShape, read: normalizeSchedule },
  zone: { placeholder: 'ZONE', expects: 'a time zone such as Europe/Berlin', read: readZone },
  level: {
    placeholder: 'LEVEL',
    expects: `one of ${logLevels.join(', ')}`,
    read: (text) => logLevels.find((level) => level === text.toLowerCase()) ?? levelNames[text.toLowerCase()],
  },
  signal: {
    placeholder: 'SIGNAL',
    expects: 'a signal such as SIGTERM',
    read: (text) => (/^(?:[A-Z][A-Z0-9]*(?:[+-]\d+)?|\d{1,2})$/i.test(text) ? text : undefined),
  },
  range: {
    placeholder: 'RANGE',
    expects: 'a range of versions such as ^1 or >=15 <17, or major, minor, patch or none',
    read: (text) => (isRange(text) ? text : undefined),
  },
  pattern: {
    placeholder: 'PATTERN',
    expects: 'a regular expression of at most 500 characters, without a repeat inside a repeated group',
    read: (text) => (patternProblem(text) === undefined ? text : undefined),
  },
  transform: {
    placeholder: 'TRANSFORM',
    expects: 'a regular expression and what to make of its match, as in ^(.+)-ls(.+)$ => $1.$2',
    read: (text) => (readTransform(text) === undefined ? undefined : text),
  },
};

function readZone(text: string): string | undefined {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return text;
  } catch {
    return undefined;
  }
}
