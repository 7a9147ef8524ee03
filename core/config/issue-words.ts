import type { SchemaIssue } from '../standard-schema.ts';

/** Of zod's issues only: what other libraries say stands as it is. */
interface ZodIssue extends SchemaIssue {
  readonly code?: string;
  readonly keys?: readonly string[];
  /** The issues of each alternative. */
  readonly errors?: readonly (readonly ZodIssue[])[];
}

const wrongType = /^Invalid input: expected (\w+), received (\w+)$/;

/** Without the full stop; in plain words where zod's own are those of its types, and else as the schema says it. */
export function issueWords(issue: ZodIssue): string {
  const { code, keys = [], errors = [], message } = issue;
  if (code === 'unrecognized_keys' && message.startsWith('Unrecognized key'))
    return `there is no key ${keys.join(' or ')} here`;
  if (code === 'invalid_union' && message === 'Invalid input') return alternatives(errors) ?? message;
  const [, expected, received] = wrongType.exec(message) ?? [];
  if (expected === undefined || received === undefined) return ownWords(message);
  if (received === 'undefined') return `expected ${kindOf(expected)}, but it is missing`;
  return expected === 'int' && received === 'number'
    ? `expected ${kindOf(expected)}`
    : `expected ${kindOf(expected)}, not ${kindOf(received)}`;
}

/** What is wrong inside of the alternative that was meant; undefined where they differ in more than their kinds. */
function alternatives(errors: readonly (readonly ZodIssue[])[]): string | undefined {
  const inside = errors.flat().find(({ path = [] }) => path.length > 0);
  if (inside !== undefined) return `${(inside.path ?? []).map(String).join('.')}: ${issueWords(inside)}`;
  const said = errors.map(([first]) => wrongType.exec(first?.message ?? ''));
  const expected = said.flatMap((match) => (match?.[1] === undefined ? [] : kindOf(match[1])));
  if (expected.length === 0 || expected.length < errors.length) return undefined;
  const received = said[0]?.[2] ?? '';
  const but = received === 'undefined' ? ', but it is missing' : `, not ${kindOf(received)}`;
  return `expected ${[...new Set(expected)].join(' or ')}${but}`;
}

function ownWords(message: string): string {
  const [, options] = /^Invalid (?:option|input): expected (?:one of )?((?:"[^"|]*"\|?)+)$/.exec(message) ?? [];
  if (options !== undefined) {
    const words = options.split('|').map((option) => option.slice(1, -1));
    return `expected ${words.length > 1 ? 'one of ' : ''}${words.join(', ')}`;
  }
  const [, least, unit] = /^Too small: expected \w+ to (?:be|have) >=(-?[\d.]+)(?: (\w+))?$/.exec(message) ?? [];
  if (least === '1' && unit !== undefined) return 'must not be empty';
  if (least !== undefined) return `expected at least ${least}${unit === undefined ? '' : ` ${unit}`}`;
  const [, most, units = ''] = /^Too big: expected \w+ to (?:be|have) <=(-?[\d.]+)((?: \w+)?)$/.exec(message) ?? [];
  if (most !== undefined) return `expected at most ${most}${units}`;
  return message === 'Invalid URL' ? 'expected an address such as https://example.org/path' : message;
}

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

const kindOf = (type: string): string => kinds[type] ?? type;
