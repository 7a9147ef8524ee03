import { inspect } from 'node:util';
import { AppError } from '../errors/app-error.ts';

const longestReason = 2_000;

/** An answer to a decision as it counts from now on. Throws PLUGIN_VERDICT_INVALID, with the likely mistake. */
export function readVerdict(value: unknown, verdicts: readonly string[]): unknown {
  if (value === undefined || verdicts.length === 0) return undefined;
  const { verdict, reason, images, until, keep, remove } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof verdict === 'string' && verdicts.includes(verdict)) {
    const part = parts[verdict];
    if (part === undefined) return { verdict };
    if (part === 'images' && isTexts(images)) return { verdict, images: [...images] };
    if (part === 'both' && isTexts(keep) && isTexts(remove)) return { verdict, keep: [...keep], remove: [...remove] };
    const dated = until === undefined || (typeof until === 'string' && !Number.isNaN(Date.parse(until)));
    if (part === 'reason' && isReason(reason) && dated)
      return { verdict, reason: reason.slice(0, longestReason), ...(until === undefined ? {} : { until }) };
  }
  const shown = inspect(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY, maxStringLength: 100 });
  const expected = [...verdicts, 'undefined'].join(', ');
  const message = `it answered ${shown}; expected ${expected}. ${likelyMistake(value, verdicts)}`;
  throw new AppError('PLUGIN_VERDICT_INVALID', message);
}

function likelyMistake(value: unknown, verdicts: readonly string[]): string {
  if (value === null) return 'No opinion is `undefined`, not null';
  if (typeof value === 'function') {
    const meant = verdicts.find((one) => one === value.name) ?? verdicts[0] ?? '';
    return `It returned a function: call it, as in ${made(meant)}`;
  }
  const { verdict, reason, until } = typeof value === 'object' ? (value as Readonly<Record<string, unknown>>) : {};
  const part = typeof verdict === 'string' && verdicts.includes(verdict) ? parts[verdict] : undefined;
  if (part === 'images') return `A ${verdict} names its images in a list of ids, as in ${verdict}([imageId])`;
  if (part === 'both')
    return `It names its images in two lists of ids, as in ${verdict}({ keep: [], remove: [imageId] })`;
  if (part === 'reason' && !isReason(reason)) return `Give it a reason, as in ${verdict}('why')`;
  if (part === 'reason' && until instanceof Date) return 'Write `until` as ISO 8601 text, or use defer(reason, date)';
  if (part === 'reason') return 'Its `until` is no date: defer(reason, date) takes a Date';
  const word = verdicts.find((one) => one === value);
  const ways = (word === undefined ? verdicts : [word]).map(made);
  const last = ways.length > 1 ? ` or ${ways.pop()}` : '';
  return `Verdicts are made by functions of belfry/plugin: return ${ways.join(', ')}${last}`;
}

/** How each is made. */
function made(verdict: string): string {
  const given = { reason: "'why'", images: '[imageId]', both: '{ keep: [], remove: [imageId] }' };
  const part = parts[verdict];
  return `${verdict}(${part === undefined ? '' : given[part]})`;
}

/** Nobody could do anything about a refusal without one. */
const isReason = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';

/** What a verdict says besides its word. */
const parts: Readonly<Record<string, 'reason' | 'images' | 'both'>> = {
  veto: 'reason',
  defer: 'reason',
  unhealthy: 'reason',
  keep: 'images',
  remove: 'images',
  choose: 'both',
};

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
