import { AppError } from '../errors/app-error.ts';
import type { DeliveryAnswer } from '../plugin.ts';

/** Throws where a notifier answered something that is no answer. */
export function deliveryAnswer(value: unknown): DeliveryAnswer {
  if (isAnswer(value)) return value;
  const said = value === undefined ? 'nothing' : typeof value === 'object' ? 'an object without an outcome' : value;
  throw new AppError('PLUGIN_ANSWER_INVALID', `it answered ${String(said)}; expected { outcome: 'sent' } or another`);
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
