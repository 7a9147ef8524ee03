import type { Order } from '../delivery/order.ts';
import { eventsOf, type OutboxRow } from '../delivery/status.ts';
import { AppError } from '../errors/app-error.ts';
import { eventText } from '../notifier/event-text.ts';
import { look } from './notify-look.ts';
import { answered, clock, tell } from './notify-told.ts';
import { giveOrders } from './orders.ts';
import { type CommandRun, exitCodes, printJson, type Session } from './session.ts';
import { table } from './terminal.ts';

const retryTime = 72 * 3_600_000;

/** What is not delivered yet. */
export const outboxList: CommandRun = async (session) => {
  const { args, terminal } = session;
  const { rows } = await look(session);
  if (args.json) printJson(terminal, { command: 'notify outbox list', messages: rows });
  else if (rows.length === 0) terminal.print('the outbox is empty: everything has been delivered');
  else {
    const lines = rows.map(({ message, instance, state, kind, time, attempts, next, why }) => {
      const after = next === null ? '' : clock(next);
      return [message, instance, state, kind, clock(time), String(attempts), after, why ?? ''];
    });
    const header = ['MESSAGE', 'NOTIFIER', 'STATE', 'KIND', 'SINCE', 'TRIED', 'NOT BEFORE', 'LAST ANSWER'];
    terminal.print(table(header, lines, terminal));
  }
  return exitCodes.fine;
};

/** One message, with what it tells of. */
export const outboxShow: CommandRun = async (session) => {
  const { args, terminal } = session;
  const { rows, journal } = await look(session);
  const row = rowOf(rows, args.positionals[0] ?? '');
  const events = await eventsOf(row, journal);
  if (args.json) printJson(terminal, { command: 'notify outbox show', message: row, events });
  else {
    const { message, instance, state, time, attempts, why, next } = row;
    terminal.print(`${message} for ${instance}: ${state}, since ${clock(time)}, tried ${attempts} times`);
    if (why !== null) terminal.print(`last answer: ${why}`);
    if (next !== null) terminal.print(`not before ${clock(next)}`);
    for (const event of events) terminal.print(`  ${clock(event.time)}  ${eventText(event)}`);
  }
  return exitCodes.fine;
};

/** Sends a message now, also one that was given up or is held. */
export const outboxRetry: CommandRun = async (session) => {
  const { rows } = await look(session);
  const until = new Date(Date.now() + retryTime).toISOString();
  const orders = wanted(session, rows).map(
    ({ instance, message, covers }): Order => ({ order: 'retry', instance, message, covers, until }),
  );
  const outcomes = await giveOrders(session, orders);
  return tell(session, 'notify outbox retry', answered(orders, outcomes));
};

/** Takes a message out of the outbox for good. */
export const outboxDrop: CommandRun = async (session) => {
  const { args, terminal } = session;
  const { rows } = await look(session);
  const dropped = wanted(session, rows).map(({ instance, message }) => ({ instance, message }));
  await giveOrders(
    session,
    dropped.map((one): Order => ({ order: 'drop', ...one })),
  );
  if (args.json) printJson(terminal, { command: 'notify outbox drop', dropped });
  else for (const { instance, message } of dropped) terminal.print(`${message} for ${instance} is dropped`);
  return exitCodes.fine;
};

/** The messages that a command names: one, or all that were given up. */
function wanted({ args }: Session, rows: readonly OutboxRow[]): readonly OutboxRow[] {
  const [word = ''] = args.positionals;
  return word === 'all' ? rows.filter(({ state }) => state === 'given-up') : [rowOf(rows, word)];
}

/** By its id, or the beginning of it. */
function rowOf(rows: readonly OutboxRow[], word: string): OutboxRow {
  const fitting = rows.filter(({ message }) => message === word || message.startsWith(word));
  const [row] = fitting;
  if (row !== undefined && fitting.length === 1) return row;
  const why = row === undefined ? 'is not in the outbox' : 'is the beginning of several messages';
  throw new AppError('MESSAGE_UNKNOWN', `${word} ${why}`);
}
