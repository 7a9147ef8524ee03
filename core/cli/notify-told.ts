import { hasArrived } from '../delivery/attempt.ts';
import type { Order, Outcome } from '../delivery/order.ts';
import { exitCodes, printJson, type Session } from './session.ts';
import type { Terminal } from './terminal.ts';

/** What came of an order to send a message. */
interface Told extends Outcome {
  readonly instance: string;
  readonly message: string;
}

/** The orders that were answered, each with its outcome. */
export function answered(orders: readonly Order[], outcomes: readonly (Outcome | null)[]): readonly Told[] {
  return orders.flatMap((order, at) => {
    const outcome = outcomes[at];
    return outcome && 'message' in order ? [{ instance: order.instance, message: order.message, ...outcome }] : [];
  });
}

/** Says what came of them; resolves to the exit code. */
export function tell({ args, terminal }: Session, command: string, results: readonly Told[]): number {
  if (args.json) printJson(terminal, { command, results });
  else for (const one of results) terminal.print(resultText(one, terminal));
  return results.every(hasArrived) ? exitCodes.fine : exitCodes.failed;
}

function resultText({ instance, message, outcome, why, next, milliseconds }: Told, { style }: Terminal): string {
  const later = next === null ? '' : `; it is tried again ${clock(next)}`;
  switch (outcome) {
    case 'sent':
      return `${style('green', 'sent')}  ${instance} took it within ${milliseconds} ms (${message})`;
    case 'accepted':
      return `${style('green', 'accepted')}  ${instance} took it within ${milliseconds} ms, and does not say whether it was shown: have a look (${message})`;
    case 'waiting':
      return `${style('yellow', 'waiting')}  ${instance}: ${why ?? 'there is no answer yet'}${later} (${message})`;
    case 'given-up':
      return `${style('red', 'given up')}  ${instance}: ${why ?? 'no reason given'} (${message})`;
    case 'superseded':
      return `${instance}: there was nothing left to tell (${message})`;
  }
}

/** A moment of the journal, to the second. */
export const clock = (time: string) => `${time.slice(0, 19).replace('T', ' ')}Z`;
