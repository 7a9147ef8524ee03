import { AppError } from '../errors/app-error.ts';
import { formatDuration } from './duration.ts';
import { patternProblem } from './pattern.ts';
import type { Setting, SettingKey } from './table.ts';
import { type Reading, readValue, type Value } from './values.ts';
import type { Foreign } from './watchtower.ts';

/** One setting as one source gives it. */
export interface Given {
  readonly key: SettingKey;
  readonly value: Value;
  /** What the user wrote, for messages: `--interval`, `WATCHTOWER_SCHEDULE`, `belfry.json: cleanup`. */
  readonly origin: string;
}

/** A name of Watchtower's that Belfry knows and does not act on, and what it was given. */
export interface ForeignUse {
  readonly row: Foreign;
  readonly origin: string;
  readonly text: string;
}

/** What one source says: settings with the least important first, and what is wrong with it. */
export interface Source {
  readonly given: readonly Given[];
  readonly foreign: readonly ForeignUse[];
  readonly problems: readonly AppError[];
  readonly warnings: readonly string[];
}

type Alias = NonNullable<Setting['aliases']>[number];

/** Reads what a flag, a variable or the file gives a setting; undefined where an alias leaves it alone. */
export function readGiven(
  setting: Setting & { readonly key: SettingKey },
  text: string | readonly string[],
  source: {
    readonly origin: string;
    readonly code: 'FLAG_INVALID' | 'VARIABLE_INVALID' | 'CONFIG_INVALID';
    readonly alias?: Alias;
  },
): Given | AppError | undefined {
  const { origin, code, alias } = source;
  const reading = typeof text === 'string' ? readText(setting, text, alias) : { value: text };
  if (reading === undefined) return undefined;
  const problem = 'problem' in reading ? reading.problem : unsuitable(setting, reading.value);
  if (problem !== undefined) return new AppError(code, `${origin}: ${problem}.`);
  return 'value' in reading ? { key: setting.key, value: reading.value, origin } : undefined;
}

function readText(setting: Setting, text: string, alias: Alias | undefined): Reading | undefined {
  return alias?.means === undefined ? readValue(setting.kind, text) : readMeaning(alias.means, text);
}

function unsuitable({ least = 0, kind }: Setting, value: Value): string | undefined {
  if (typeof value === 'number' && value < least)
    return `${formatDuration(value)} is less than ${formatDuration(least)}`;
  if (kind !== 'patterns' || typeof value !== 'object') return undefined;
  const wrong = value.find((pattern) => patternProblem(pattern) !== undefined);
  return wrong === undefined ? undefined : `"${wrong}" ${patternProblem(wrong)}`;
}

function readMeaning(means: NonNullable<Alias['means']>, text: string): Reading | undefined {
  const reading = readValue('boolean', text);
  if ('problem' in reading) return reading;
  const value = reading.value ? means.true : means.false;
  return value === undefined ? undefined : { value };
}
