import { didYouMean } from '../config/nearest.ts';
import type { Fault } from '../hosting/faults.ts';
import { notifierConfig } from './config.ts';
import type { Notifier } from './define-notifier.ts';

interface Part {
  readonly is: string;
  readonly fits: (value: unknown) => boolean;
}

const given = (part: Part): Part => ({ is: part.is, fits: (value) => value === undefined || part.fits(value) });
const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isFunction = (value: unknown) => typeof value === 'function';
const either = ({ is, fits }: Part): Part => ({ is, fits: (value) => fits(value) || isFunction(value) });
const called: Part = { is: 'a function', fits: isFunction };
/** What the loader looks at in every plugin. */
const elsewhere: Part = { is: '', fits: () => true };
const needed = (is: string): Part => ({ is, fits: (value) => value !== undefined });

const parts: { readonly [Key in keyof Notifier<Record<never, never>>]-?: Part } = {
  name: elsewhere,
  summary: elsewhere,
  config: { is: 'an object of zod schemas, {} where it has no settings of its own', fits: isShape },
  check: given(called),
  destination: needed('a function'),
  budget: needed('{ unit, limit } or a function that gives one'),
  pace: elsewhere,
  markup: given(either({ is: 'one of `markups`, one of its own or a function that gives one', fits: isObject })),
  ownTitle: given({ is: 'true or false', fits: (value) => typeof value === 'boolean' }),
  logLines: given({ is: 'a whole number', fits: (value) => Number.isInteger(value) && Number(value) >= 0 }),
  layout: given(called),
  accepts: given(called),
  measure: given(called),
  request: given(called),
  answer: given(called),
  send: given(called),
  preview: given(either({ is: "a function or 'requests'", fits: (value) => value === 'requests' })),
};

/** Everything that a notifier may state of itself. */
export const notifierParts: readonly string[] = Object.keys(parts);
const hint = 'docs/notifications.md says what a notifier may state of itself.';

/** Everything that is wrong with what a notifier states of itself, and that no plugin of another kind could have wrong. */
export function faultsOf(notifier: object): readonly Fault[] {
  const values = notifier as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(values).filter((key) => !Object.hasOwn(parts, key));
  const unfit = Object.entries(parts).filter(([name, { fits }]) => !fits(values[name]));
  const ways = [values.request, values.send].filter((way) => way !== undefined);
  const wrong = (message: string): Fault => ({ code: 'PLUGIN_INVALID', message, hint });
  return [
    ...unknown.map(
      (key): Fault => ({
        code: 'PLUGIN_FIELD_UNKNOWN',
        message: `it has a field ${key}.${didYouMean(key, notifierParts)}`,
        hint,
      }),
    ),
    ...unfit.map(([name, { is }]) =>
      wrong(values[name] === undefined ? `it has no \`${name}\`: ${is}` : `its \`${name}\` is not ${is}`),
    ),
    ...(ways.length === 0 ? [wrong('it has neither `request` nor `send`, so it sends nothing')] : []),
    ...(ways.length === 2 ? [wrong('it has both `request` and `send`, and only one of them is used')] : []),
    ...taken(values.config).map((key) => wrong(`its setting \`${key}\` is one that every notifier has: rename it`)),
  ];
}

/** Settings of its own that would be lost behind those of every notifier. */
function taken(config: unknown): readonly string[] {
  return isObject(config) ? Object.keys(config).filter((key) => Object.hasOwn(notifierConfig, key)) : [];
}

function isShape(value: unknown): boolean {
  return isObject(value) && Object.values(value).every((one) => isObject(one) && '~standard' in one);
}
