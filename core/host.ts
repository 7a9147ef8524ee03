import type { Bus } from './bus.ts';
import type { PluginUse } from './config/settings.ts';
import { AppError, AppErrors, type Problem, problemOf } from './errors/app-error.ts';
import type { BelfryEvent, Fact } from './events.ts';
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
  /** Waits until every mailbox is empty, at most this many milliseconds. */
  settle(deadline: number): Promise<void>;
  dispose(): Promise<void>;
}

const eventDeadline = 30_000;
const deliveryDeadline = 30_000;
const disposeDeadline = 5_000;

/** Loads and sets up every configured plugin; throws AppErrors with all that is wrong with all of them. */
export async function openHost(uses: readonly PluginUse[], services: Services, load = loadPlugin): Promise<Host> {
  const stop = new AbortController();
  const begin = (use: PluginUse) => setUp({ use, load, services, signal: stop.signal });
  const [awake, asleep] = [uses.filter(({ labels }) => labels === undefined), uses.filter(({ labels }) => labels)];
  const { instances, problems } = await all(awake.map(begin));
  problems.push(...duplicates([...instances.map(({ name }) => name), ...asleep.map(({ use }) => use)]));
  const host = createHost(instances, services, { stop, sleepers: createSleepers(asleep, begin) });
  if (problems.length === 0) return host;
  await host.dispose();
  throw new AppErrors(problems);
}

async function all(beginning: readonly Promise<Instance>[]) {
  const settled = await Promise.allSettled(beginning);
  return {
    instances: settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])),
    problems: settled.flatMap((result) => (result.status === 'rejected' ? errorsOf(result.reason) : [])),
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
  const unlisten: (() => void)[] = [];
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
      for (const instance of instances.filter(({ wiring }) => wiring.on !== undefined)) {
        const mailbox = createMailbox<BelfryEvent>((event) => hear(instance, event, bus));
        mailboxes.set(instance.name, mailbox);
        unlisten.push(bus.on((event) => mailbox.post(event)));
      }
    },
    async deliver(instance, message, context) {
      const send = instance.wiring.deliver;
      if (send === undefined) return { outcome: 'permanent', why: `${instance.name} is no notifier` };
      const bounds = { who: `${instance.name} (deliver)`, deadline: deliveryDeadline, signal: context.signal };
      const asked = await isolate((signal) => send(message, { ...context, signal }), bounds);
      if (!asked.ok) return { outcome: 'retry', why: asked.problem.message };
      return isAnswer(asked.value)
        ? asked.value
        : { outcome: 'retry', why: `${instance.name} gave no delivery answer` };
    },
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

async function hear(instance: Instance, event: BelfryEvent, bus: Bus): Promise<void> {
  // Which handler takes which event is known to `Wiring`; indexing by the event's own type loses that.
  const handler = instance.wiring.on?.[event.type] as ((event: BelfryEvent) => unknown) | undefined;
  if (handler === undefined) return;
  const who = `${instance.name} (on ${event.type})`;
  const heard = await isolate(() => handler(event), { who, deadline: eventDeadline });
  if (heard.ok || isPluginFailure(event)) return;
  await bus.emit(pluginFailure(event, heard.problem));
}

// A listener that breaks on the news of a broken listener would never end.
const isPluginFailure = (event: BelfryEvent) => event.type === 'failed' && event.phase === 'plugin';

function pluginFailure(event: BelfryEvent, problem: Problem): Fact {
  const { cycle } = event;
  return { type: 'failed', cycle, workload: null, phase: 'plugin', outcome: 'unchanged', problem, logTail: [] };
}

async function disposeOf(instance: Instance, log: Log): Promise<void> {
  const { dispose } = instance.wiring;
  if (dispose === undefined) return;
  const done = await isolate(() => dispose(), { who: `${instance.name} (dispose)`, deadline: disposeDeadline });
  if (!done.ok) log.warn(done.problem.message);
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

function errorsOf(error: unknown): readonly AppError[] {
  if (error instanceof AppErrors) return error.errors;
  return [error instanceof AppError ? error : new AppError('UNEXPECTED', problemOf(error).message, { cause: error })];
}
