import { inspect } from 'node:util';
import { AppError } from '../errors/app-error.ts';
import type { DeliveryAnswer } from '../plugin.ts';

/** Throws where a notifier answered something that is no answer. */
export function deliveryAnswer(value: unknown): DeliveryAnswer {
  if (isAnswer(value)) return value;
  const said = value === undefined ? 'nothing' : inspect(value, { depth: 1, maxStringLength: 100 });
  throw new AppError('PLUGIN_ANSWER_INVALID', `it answered ${said}; expected an object such as { outcome: 'sent' }`);
}

const outcomes: ReadonlySet<unknown> = new Set<DeliveryAnswer['outcome']>([
  'sent',
  'accepted',
  'retry',
  'shrink',
  'downgrade',
  'permanent',
]);

function isAnswer(value: unknown): value is DeliveryAnswer {
  return outcomes.has((value as { outcome?: unknown } | null | undefined)?.outcome);
}
