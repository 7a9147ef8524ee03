import { openWriter, type Writer } from '../app.ts';
import { ask } from '../control/ask.ts';
import type { RequestOf } from '../control/request.ts';
import { type Order, type Outcome, placeOrder } from '../delivery/order.ts';
import { AppError } from '../errors/app-error.ts';
import type { Session } from './session.ts';

/** How long a command waits for a message: an attempt may take 30 s. */
const patience = 40_000;

/** Gives orders to whoever delivers: the Belfry that is at work on this engine, else this process for as long. */
export async function giveOrders({ parts }: Session, orders: readonly Order[]): Promise<readonly (Outcome | null)[]> {
  const writer = await openWriter(parts);
  if ('runningIn' in writer) {
    const requests = orders.map((order): RequestOf<'notify'> => ({ schema: 1, command: 'notify', ...order }));
    const { runningIn } = writer;
    return Promise.all(requests.map(async (one) => (await ask(runningIn, one, () => {})) as Outcome | null));
  }
  try {
    return await Promise.all(orders.map((order) => obey(writer, order)));
  } finally {
    await writer.close();
  }
}

/** An order at the Belfry that delivers. */
export const obey = ({ journal, notifiers }: Writer, order: Order): Promise<Outcome | null> =>
  placeOrder(order, { journal, instances: notifiers, now: () => new Date(), patience });

/** The order that a request holds. Throws CONTROL_REQUEST_INVALID where something of it is missing. */
export function orderOf(request: RequestOf<'notify'>): Order {
  const { order, instance, message, sample, covers = [], until } = request;
  if (order === 'snooze' && until !== undefined) return { order, instance, until };
  if (order === 'drop' && message !== undefined) return { order, instance, message };
  if (order === 'test' && message !== undefined && sample !== undefined) return { order, instance, message, sample };
  if (order === 'retry' && message !== undefined && until !== undefined) {
    return { order, instance, message, covers, until };
  }
  throw new AppError('CONTROL_REQUEST_INVALID', `notify: something that ${order} needs is missing`);
}
