import type { Bus } from './bus.ts';
import type { PluginUse } from './config/settings.ts';
import { AppError, AppErrors, errorsOf } from './errors/app-error.ts';
import type { BelfryEvent } from './events.ts';
import { freeze } from './freeze.ts';
import { deliveryAnswer } from './hosting/delivery-answer.ts';
import { createFailureNews, type FailureNews } from './hosting/failure-news.ts';
import { loadingInTurn } from './hosting/load-in-turn.ts';
import { onStray, type Stray } from './hosting/strays.ts';
import type { Failure } from './hosting/tally.ts';
import { isolate } from './isolate.ts';
import { loadPlugin } from './loader.ts';
import type { Log } from './log.ts';
import { createMailbox, type Mailbox } from './mailbox.ts';

import type { DeliveryAnswer, DeliveryContext, Message } from './plugin.ts';
import { type Instance, type Services, setUp } from './set-up.ts';
import { createSleepers, type Sleepers } from './sleepers.ts';

export type { Instance, Services } from './set-up.ts';

export interface Host {
  readonly instances: readonly Instance[];
  /** What is in force, and not loaded before a container has one of its labels. */
  readonly asleep: () => readonly PluginUse[];
  /** Loads what is asleep and has one of these labels. Throws AppErrors with all that is wrong with it. */
  wake(labels: Readonly<Record<string, string>>): Promise<void>;
  /** Hands events to the plugins that listen, each through a mailbox of its own. */
  listen(bus: Bus): void;
  /** Gives one message to a notifier; every way of failing is an answer. */
  deliver(instance: Instance, message: Message, context: DeliveryContext): Promise<DeliveryAnswer>;
  /** How each instance has fared since it was set up. */
  states(): readonly InstanceState[];
  /** Waits until every mailbox is empty, at most this many milliseconds. */
  settle(deadline: number): Promise<void>;
  dispose(): Promise<void>;
}

export interface InstanceState {
  readonly name: string;
  /** Events heard, questions answered and messages taken. */
  readonly calls: number;
  /** Events it has not come to yet, and those it lost because it was too slow. */
  readonly waiting: number;
  readonly dropped: number;
  readonly failures: number;
  readonly lastFailure: Failure | null;
}

const eventDeadline = 30_000;
const deliveryDeadline = 30_000;
const disposeDeadline = 5_000;
const lateEnd = {
  code: 'PLUGIN_TIMEOUT',
  likely: 'It probably waits for the other side of a connection, and is left behind',
} as const;

/** Loads and sets up every configured plugin; throws AppErrors with all that is wrong with all of them. */
export async function openHost(uses: readonly PluginUse[], services: Services, load = loadPlugin): Promise<Host> {
  const stop = new AbortController();
  const { signal } = stop;
  const loadOnce = loadingInTurn((use) => load(use, services.folder));
  const begin = (use: PluginUse) => setUp({ use, load: loadOnce, services, signal });
  const [awake, asleep] = [uses.filter(({ labels }) => labels === undefined), uses.filter(({ labels }) => labels)];
  // Also of those that cannot be set up, so that everything is told at once.
  const naming = Promise.allSettled(awake.map(async ({ use, name }) => name ?? (await loadOnce(use)).plugin.name));
  const { instances, problems } = await all(awake.map(begin));
  const names = (await naming).flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  problems.push(...duplicates([...names, ...asleep.map(({ use }) => use)]));
  const host = createHost(instances, services, { stop, sleepers: createSleepers(asleep, begin) });
  if (problems.length === 0) return host;
  await host.dispose();
  throw new AppErrors(problems);
}

async function all(beginning: readonly Promise<Instance>[]) {
  const settled = await Promise.allSettled(beginning);
  // A plugin that is used twice fails only once to be loaded.
  const reasons = new Set(settled.flatMap((result) => (result.status === 'rejected' ? [result.reason] : [])));
  return {
    instances: settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])),
    problems: [...reasons].flatMap(errorsOf),
  };
}

function duplicates(names: readonly string[]): AppError[] {
  const twice = new Set(names.filter((name, at) => names.indexOf(name) !== at));
  return [...twice].map((name) => new AppError('PLUGIN_DUPLICATE', `two plugin instances are named "${name}"`));
}

interface Parts {
  readonly stop: AbortController;
  readonly sleepers: Sleepers;
}

function createHost(instances: Instance[], services: Services, { stop, sleepers }: Parts): Host {
  const mailboxes = new Map<string, Mailbox<BelfryEvent>>();
  let news: FailureNews | undefined;
  const stray = ({ who, problem }: Stray): boolean => {
    const instance = instances.find(({ name }) => who?.startsWith(`${name} (`));
    if (instance === undefined) return false;
    instance.tally.failed(problem);
    if (news === undefined) instance.log.error(problem.message);
    else void news.tell(problem);
    return true;
  };
  const unlisten = [onStray(stray)];
  return {
    instances,
    asleep: sleepers.asleep,
    async wake(labels) {
      const { instances: woken, problems } = await all(sleepers.wake(labels));
      // Who called at the same time got the same ones.
      instances.push(...woken.filter((one) => !instances.includes(one)));
      if (problems.length > 0) throw new AppErrors(problems);
    },
    listen(bus) {
      news = createFailureNews(bus, services.log);
      const { tell, close } = news;
      unlisten.push(close);
      for (const instance of instances.filter(({ wiring }) => wiring.on !== undefined)) {
        const mailbox = createMailbox<BelfryEvent>((event) => hear(instance, event, tell));
        mailboxes.set(instance.name, mailbox);
        unlisten.push(bus.on((event) => mailbox.post(event)));
      }
    },
    async deliver(instance, message, context) {
      const send = instance.wiring.deliver;
      if (send === undefined) return { outcome: 'permanent', why: `${instance.name} is no notifier` };
      const who = `${instance.name} (deliver)`;
      const bounds = { who, deadline: deliveryDeadline, signal: context.signal };
      instance.tally.called();
      const given = freeze(message);
      const asked = await isolate(async (signal) => deliveryAnswer(await send(given, { ...context, signal })), bounds);
      if (asked.ok) return asked.value;
      instance.tally.failed(asked.problem);
      return { outcome: 'retry', why: asked.problem.message };
    },
    states: () =>
      instances.map(({ name, tally: { calls, failures, lastFailure } }) => {
        const mailbox = mailboxes.get(name);
        return { name, calls, waiting: mailbox?.waiting ?? 0, dropped: mailbox?.dropped ?? 0, failures, lastFailure };
      }),
    async settle(deadline) {
      const empty = () => Promise.all([...mailboxes.values()].map((mailbox) => mailbox.empty()));
      await isolate(empty, { who: 'the mailboxes', deadline });
    },
    async dispose() {
      stop.abort();
      for (const end of unlisten) end();
      for (const [name, mailbox] of mailboxes) {
        mailbox.close();
        if (mailbox.dropped > 0) services.log.warn(`${name} was too slow and missed ${mailbox.dropped} events`);
      }
      await Promise.all(instances.map((instance) => disposeOf(instance, services.log)));
    },
  };
}

async function hear(instance: Instance, event: BelfryEvent, tell: FailureNews['tell']): Promise<void> {
  // Which handler takes which event is known to `Wiring`; indexing by the event's own type loses that.
  const handler = instance.wiring.on?.[event.type] as ((event: BelfryEvent) => unknown) | undefined;
  if (handler === undefined) return;
  const who = `${instance.name} (on ${event.type})`;
  instance.tally.called();
  const heard = await isolate(() => handler(event), { who, deadline: eventDeadline });
  if (heard.ok) return;
  instance.tally.failed(heard.problem);
  if (!isPluginFailure(event)) await tell(heard.problem, event.cycle);
}

// A listener that breaks on the news of a broken listener would never end.
const isPluginFailure = (event: BelfryEvent) => event.type === 'failed' && event.phase === 'plugin';

async function disposeOf(instance: Instance, log: Log): Promise<void> {
  const { dispose } = instance.wiring;
  if (dispose !== undefined) {
    const who = `${instance.name} (dispose)`;
    const done = await isolate(() => dispose(), { who, deadline: disposeDeadline, late: lateEnd });
    if (!done.ok) log.warn(done.problem.message);
  }
  instance.end();
}
