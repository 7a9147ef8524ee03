import { randomId } from '../bus.ts';
import { parseDuration } from '../config/duration.ts';
import type { Order } from '../delivery/order.ts';
import { type InstanceStatus, type OutboxRow, statusOf } from '../delivery/status.ts';
import { AppError } from '../errors/app-error.ts';
import { notifierNamed } from './notifier-named.ts';
import { look } from './notify-look.ts';
import { answered, clock, tell } from './notify-told.ts';
import { giveOrders } from './orders.ts';
import { type CommandRun, exitCodes, printJson } from './session.ts';
import { type Terminal, table } from './terminal.ts';

/** How every notifier is doing. */
export const status: CommandRun = async (session) => {
  const { args, terminal } = session;
  const { instances, journal, rows } = await look(session);
  const notifiers = await statusOf(instances, { journal, now: () => new Date() });
  if (args.json) printJson(terminal, { command: 'notify status', notifiers });
  else if (notifiers.length === 0) terminal.print('no notifier is configured');
  else {
    const header = ['NAME', 'TELLS', 'WAITING', 'HELD', 'GIVEN UP', 'LAST DELIVERED', 'STATE'];
    terminal.print(
      table(
        header,
        notifiers.map((one) => statusRow(one, rows, terminal)),
        terminal,
      ),
    );
  }
  return notifiers.some(({ givenUp }) => givenUp > 0) ? exitCodes.failed : exitCodes.fine;
};

function statusRow(one: InstanceStatus, rows: readonly OutboxRow[], terminal: Terminal): readonly string[] {
  const { name, delivery, waiting, held, givenUp, last } = one;
  const lost = givenUp === 0 ? '0' : terminal.style('red', String(givenUp));
  const delivered = last === null ? 'never' : clock(last.time);
  const state = statusText(one, rows, terminal);
  return [name, delivery, String(waiting), String(held), lost, delivered, state];
}

/** What is wrong with a notifier, if anything is; `rows` are of all of them. */
export function statusText(
  { name, givenUp, failing, snoozedUntil }: Pick<InstanceStatus, 'name' | 'givenUp' | 'failing' | 'snoozedUntil'>,
  rows: readonly Pick<OutboxRow, 'instance' | 'state' | 'why'>[],
  { style }: Pick<Terminal, 'style'>,
): string {
  if (failing !== null) {
    return style('yellow', `failing since ${clock(failing.since)}: ${failing.why}; tried again ${clock(failing.next)}`);
  }
  const why = rows.findLast(({ instance, state }) => instance === name && state === 'given-up')?.why;
  const given = givenUp === 0 ? [] : [style('red', `${givenUp} given up${why ? `: ${why}` : ''}`)];
  const snoozed = snoozedUntil === null ? [] : [`snoozed until ${clock(snoozedUntil)}`];
  const said = [...given, ...snoozed];
  return said.length === 0 ? style('green', 'fine') : said.join('; ');
}

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
  return tell(session, 'notify test', answered(orders, await giveOrders(session, orders)));
};
