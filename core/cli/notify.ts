import { openReader, recipients } from '../app.ts';
import { randomId } from '../bus.ts';
import { parseDuration } from '../config/duration.ts';
import type { Instance } from '../delivery/delivery.ts';
import type { Order, Outcome } from '../delivery/order.ts';
import { eventsOf, type InstanceStatus, type OutboxRow, outboxOf, statusOf } from '../delivery/status.ts';
import { AppError } from '../errors/app-error.ts';
import { memoryJournal } from '../journal/memory-journal.ts';
import type { JournalReader } from '../journal/port.ts';
import { eventText } from '../notifier/event-text.ts';
import { journalOf } from './history.ts';
import { notifierNamed } from './notifier-named.ts';
import { giveOrders } from './orders.ts';
import { type CommandRun, exitCodes, printJson, type Session } from './session.ts';
import { type Terminal, table } from './terminal.ts';

const now = () => new Date();
const retryTime = 72 * 3_600_000;

/** How every notifier is doing. */
export const status: CommandRun = async (session) => {
  const { args, terminal } = session;
  const { instances, journal } = await look(session);
  const notifiers = await statusOf(instances, { journal, now });
  if (args.json) printJson(terminal, { command: 'notify status', notifiers });
  else if (notifiers.length === 0) terminal.print('no notifier is configured');
  else {
    const header = ['NAME', 'TELLS', 'WAITING', 'HELD', 'GIVEN UP', 'LAST DELIVERED', 'STATE'];
    terminal.print(
      table(
        header,
        notifiers.map((one) => statusRow(one, terminal)),
        terminal,
      ),
    );
  }
  return notifiers.some(({ givenUp }) => givenUp > 0) ? exitCodes.failed : exitCodes.fine;
};

function statusRow(one: InstanceStatus, { style }: Terminal): readonly string[] {
  const { name, delivery, waiting, held, givenUp, last, failing, snoozedUntil } = one;
  const lost = givenUp === 0 ? '0' : style('red', String(givenUp));
  const fine = snoozedUntil === null ? style('green', 'fine') : `snoozed until ${clock(snoozedUntil)}`;
  const state =
    failing === null
      ? fine
      : style('yellow', `failing since ${clock(failing.since)}: ${failing.why}; tried again ${clock(failing.next)}`);
  return [name, delivery, String(waiting), String(held), lost, last === null ? 'never' : clock(last.time), state];
}

const clock = (time: string) => `${time.slice(0, 19).replace('T', ' ')}Z`;

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
  return tell(session, 'notify outbox retry', pairs(orders, outcomes));
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

/** Holds all messages of a notifier for a while. */
export const snooze: CommandRun = async (session) => {
  const { args, terminal } = session;
  const [name = '', duration = ''] = args.positionals;
  const length = parseDuration(duration);
  if (length === undefined) {
    throw new AppError('FLAG_INVALID', `"${duration}" is no duration; write one as 2h or 7d, or 0s to end it.`);
  }
  const { instances } = await look(session);
  const until = new Date(Date.now() + length).toISOString();
  const instance = notifierNamed(instances, name);
  await giveOrders(session, [{ order: 'snooze', instance, until }]);
  if (args.json) printJson(terminal, { command: 'notify snooze', instance, until });
  else if (length === 0) terminal.print(`${instance} tells again`);
  else terminal.print(`${instance} holds its messages until ${clock(until)}; none is lost`);
  return exitCodes.fine;
};

/** Sends a sample through all that a real message goes through. */
export const test: CommandRun = async (session) => {
  const { args } = session;
  const [name] = args.positionals;
  const { sample } = args.options;
  const { instances } = await look(session);
  const names = name === undefined ? instances.map((one) => one.name) : [notifierNamed(instances, name)];
  if (names.length === 0) throw new AppError('NOTIFIER_UNKNOWN', 'no notifier is configured');
  const orders = names.map((instance): Order => ({ order: 'test', instance, message: randomId('msg'), sample }));
  return tell(session, 'notify test', pairs(orders, await giveOrders(session, orders)));
};

interface Told extends Outcome {
  readonly instance: string;
  readonly message: string;
}

function pairs(orders: readonly Order[], outcomes: readonly (Outcome | null)[]): readonly Told[] {
  return orders.flatMap((order, at) => {
    const outcome = outcomes[at];
    return outcome && 'message' in order ? [{ instance: order.instance, message: order.message, ...outcome }] : [];
  });
}

function tell({ args, terminal }: Session, command: string, results: readonly Told[]): number {
  if (args.json) printJson(terminal, { command, results });
  else for (const one of results) terminal.print(resultText(one, terminal));
  return results.every(({ outcome }) => outcome === 'sent' || outcome === 'accepted')
    ? exitCodes.fine
    : exitCodes.failed;
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

interface Looked {
  readonly instances: readonly Instance[];
  readonly journal: JournalReader;
  readonly rows: readonly OutboxRow[];
}

async function look({ parts }: Session): Promise<Looked> {
  const belfry = await openReader(parts);
  try {
    const instances = await recipients(parts, belfry.host);
    const journal = (await journalOf(parts)) ?? memoryJournal();
    const rows = await Promise.all(instances.map((instance) => outboxOf(instance, { journal, now })));
    return { instances, journal, rows: rows.flat() };
  } finally {
    await belfry.close();
  }
}

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
