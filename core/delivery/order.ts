import { AppError } from '../errors/app-error.ts';
import type { Journal } from '../journal/port.ts';
import type { OrderRecord } from '../journal/record.ts';

type WithoutTime<Entry> = Entry extends OrderRecord ? Omit<Entry, 'kind' | 'time'> : never;

/** What someone asks of a notifier. */
export type Order = WithoutTime<OrderRecord>;

/** What became of the message that an order is about. */
export interface Outcome {
  readonly outcome: 'sent' | 'accepted' | 'given-up' | 'superseded' | 'waiting';
  readonly attempts: number;
  readonly why: string | null;
  /** Of the next attempt, ISO 8601, where there is one. */
  readonly next: string | null;
  readonly milliseconds: number;
}

export interface OrderOptions {
  readonly journal: Journal;
  /** The names of the notifiers that are delivered to. */
  readonly instances: readonly string[];
  readonly now: () => Date;
  /** Milliseconds to wait for a message. */
  readonly patience: number;
}

/**
 * Writes an order down, which delivery then obeys; for a message that is to be sent, waits until it has been tried
 * once. Throws NOTIFIER_UNKNOWN.
 */
export async function placeOrder(order: Order, options: OrderOptions): Promise<Outcome | null> {
  const { journal, instances, now, patience } = options;
  if (!instances.includes(order.instance)) {
    const known = instances.length === 0 ? 'none is configured' : `there are ${instances.join(', ')}`;
    throw new AppError('NOTIFIER_UNKNOWN', `there is no notifier ${order.instance}: ${known}`);
  }
  const entry = { kind: 'order', time: now().toISOString(), ...order } as OrderRecord;
  if (order.order === 'drop' || order.order === 'snooze') {
    await journal.append(entry);
    return null;
  }
  const outcome = outcomeOf(journal, order, patience);
  await journal.append(entry);
  return outcome;
}

function outcomeOf(
  journal: Journal,
  { instance, message }: { readonly instance: string; readonly message: string },
  patience: number,
): Promise<Outcome> {
  const began = performance.now();
  return new Promise((resolve) => {
    const end = (found: Pick<Outcome, 'outcome'> & Partial<Outcome>) => {
      clearTimeout(timer);
      unsubscribe();
      const milliseconds = Math.round(performance.now() - began);
      resolve({ attempts: 0, why: null, next: null, milliseconds, ...found });
    };
    const timer = setTimeout(() => end({ outcome: 'waiting' }), patience);
    const unsubscribe = journal.onAppend((record) => {
      if (!('message' in record) || record.instance !== instance || record.message !== message) return;
      if (record.kind === 'attempt') {
        const { attempts, why, until } = record;
        end({ outcome: 'waiting', attempts, why, next: until });
      }
      if (record.kind === 'delivery') {
        const { outcome, attempts = 0, why = null } = record;
        end({ outcome, attempts, why });
      }
    });
  });
}
