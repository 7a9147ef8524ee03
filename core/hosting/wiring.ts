import { didYouMean } from '../config/nearest.ts';
import { decisionNames } from '../decisions.ts';
import { AppError, AppErrors } from '../errors/app-error.ts';
import type { Code } from '../errors/catalogue.ts';
import { eventTypes } from '../events.ts';
import type { Wiring } from '../plugin.ts';

const wiringKeys: readonly string[] = ['on', 'deliver', 'preview', 'dispose', ...decisionNames];

/** Tells what `setup` may return from anything else; throws with all that is wrong with it. */
export function checkWiring(name: string, wiring: unknown): asserts wiring is Wiring {
  if (typeof wiring !== 'object' || wiring === null) {
    const given = wiring === undefined ? 'nothing' : wiring === null ? 'null' : `a ${typeof wiring}`;
    throw new AppError('PLUGIN_WIRING_INVALID', `${name}: setup returned ${given} instead of an object`);
  }
  const { on = {}, ...functions } = wiring as Record<string, unknown>;
  const problems = [
    ...strangers(functions, wiringKeys).map((key) => unknownKey(name, key)),
    ...notFunctions(name, functions, wiringKeys),
    ...(isObject(on) ? eventProblems(name, on) : [invalid(`${name}: \`on\` is not an object of event handlers`)]),
  ];
  if (problems.length > 0) throw new AppErrors(problems);
}

function eventProblems(name: string, on: object): readonly AppError[] {
  const unknown = strangers(on, eventTypes).map((key) =>
    decisionNames.some((decision) => decision === key)
      ? problem('PLUGIN_UNKNOWN_EVENT', `${name}: ${key} is a decision. Return it beside \`on\`, not in it`)
      : problem('PLUGIN_UNKNOWN_EVENT', `${name}: there is no event ${key}.${didYouMean(key, eventTypes)}`),
  );
  return [...unknown, ...notFunctions(name, on, eventTypes)];
}

function unknownKey(name: string, key: string): AppError {
  if (!eventTypes.some((type) => type === key)) {
    return problem('PLUGIN_UNKNOWN_KEY', `${name}: there is no ${key}.${didYouMean(key, wiringKeys)}`);
  }
  return problem('PLUGIN_UNKNOWN_KEY', `${name}: ${key} is an event. Write \`on: { ${key}: … }\``);
}

const strangers = (given: object, known: readonly string[]) => Object.keys(given).filter((key) => !known.includes(key));

/** Of what is known: anything else is told of already. */
function notFunctions(name: string, given: object, known: readonly string[]): readonly AppError[] {
  return Object.entries(given)
    .filter(([key, value]) => known.includes(key) && value !== undefined && typeof value !== 'function')
    .map(([key]) => invalid(`${name}: \`${key}\` is not a function`));
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const problem = (code: Code, message: string) => new AppError(code, message);
const invalid = (message: string) => problem('PLUGIN_HANDLER_INVALID', message);
