import { parseDuration } from '../config/duration.ts';
import { type ForeignUse, type Given, readGiven } from '../config/given.ts';
import { readValue } from '../config/values.ts';
import { AppError } from '../errors/app-error.ts';
import type { CommandName, Option, OptionKey } from './commands.ts';
import { accepts, commandsWith } from './flags.ts';
import type { Use } from './tokens.ts';

/** What one use of a flag comes to: at most one of these. */
export interface Outcome {
  readonly given?: Given;
  readonly foreign?: ForeignUse;
  readonly option?: readonly [OptionKey, OptionValue];
  readonly problem?: AppError;
}

interface OptionValue {
  readonly on?: boolean;
  readonly number?: number;
  readonly moment?: Date;
  readonly text?: string;
}

/** Reads one flag for a command; `now` is what a duration like `--since 24h` counts back from. */
export function readUse(use: Use, command: CommandName, now: Date): Outcome {
  const { flag, origin, value, joined } = use;
  if (!accepts(command, flag)) return { problem: misplacedFlag(use, command) };
  const missing = value === undefined || (!joined && value.length > 1 && value.startsWith('-'));
  if (flag.takesValue && missing) return { problem: invalid(`${origin} needs a value, as in ${origin}=VALUE.`) };
  const text = value ?? 'true';
  if (flag.is === 'foreign') return { foreign: { row: flag.row, origin, text } };
  if (flag.is === 'option') {
    const read = readOption(flag.option, text, { command, now });
    return typeof read === 'string' ? { problem: invalid(`${origin}: ${read}.`) } : { option: [flag.key, read] };
  }
  const { setting, alias } = flag;
  const given = readGiven(setting, text, { origin, code: 'FLAG_INVALID', ...(alias === undefined ? {} : { alias }) });
  if (given === undefined) return {};
  return given instanceof AppError ? { problem: given } : { given };
}

interface Asking {
  readonly command: CommandName;
  readonly now: Date;
}

/** The value, or what is wrong with it. */
function readOption({ kind, choices = {} }: Option, text: string, { command, now }: Asking): OptionValue | string {
  if (kind === 'path') return { text };
  if (kind === 'choice') {
    const known = choices[command] ?? [];
    return known.includes(text) ? { text } : `"${text}" is not one of ${known.join(', ')}`;
  }
  if (kind === 'moment') {
    const moment = momentOf(text, now);
    return moment === undefined
      ? `"${text}" is neither a duration such as 24h nor a date such as 2026-01-31`
      : { moment };
  }
  const reading = readValue(kind, text);
  if ('problem' in reading) return reading.problem;
  return typeof reading.value === 'number' ? { number: reading.value } : { on: reading.value };
}

function momentOf(text: string, now: Date): Date | undefined {
  const ago = parseDuration(text.replace(/\s+ago$/, ''));
  if (ago !== undefined) return new Date(now.getTime() - ago);
  const date = /^\d{4}-\d\d-\d\d/.test(text) ? new Date(text) : new Date(Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function misplacedFlag({ flag, origin }: Use, command: CommandName): AppError {
  const owners = commandsWith(flag).join(', ');
  return new AppError('FLAG_UNKNOWN', `belfry ${command} has no ${origin}; it belongs to: ${owners}.`);
}

function invalid(message: string): AppError {
  return new AppError('FLAG_INVALID', message);
}
