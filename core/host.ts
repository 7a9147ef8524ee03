import { closest } from 'fastest-levenshtein';
import type { Bus } from './bus.ts';
import type { PluginUse } from './config/settings.ts';
import { decisionNames } from './decisions.ts';
import { AppError, AppErrors, problemOf } from './errors/app-error.ts';
import { type BelfryEvent, eventTypes, type Fact } from './events.ts';
import { isolate } from './isolate.ts';
import { loadPlugin } from './loader.ts';
import type { Log } from './log.ts';
import { createMailbox, type Mailbox } from './mailbox.ts';
import type { DeliveryAnswer, DeliveryContext, Message, Plugin, PluginContext, Wiring } from './plugin.ts';

/** One configured use of a plugin, set up and ready. */
export interface Instance {
  readonly name: string;
  readonly use: string;
  readonly plugin: Plugin;
  readonly config: unknown;
  readonly wiring: Wiring;
  /** How long loading and set-up took. */
  readonly loadMs: number;
}

/** What the host lends to plugins: the parts of their context that are the same for all. */
export type Services = Pick<PluginContext<unknown>, 'http' | 'now' | 'sleep' | 'state' | 'logs'> & {
  readonly log: Log;
  /** The folder that relative plugin paths start from. */
  readonly folder: string;
};

export interface Host {
  readonly instances: readonly Instance[];
  /** Hands events to the plugins that listen, each through a mailbox of its own. */
  listen(bus: Bus): void;
  /** Gives one message to a notifier; every way of failing is an answer. */
  deliver(instance: Instance, message: Message, context: DeliveryContext): Promise<DeliveryAnswer>;
  /** Waits until every mailbox is empty, at most this many milliseconds. */
  settle(deadline: number): Promise<void>;
  dispose(): Promise<void>;
}

const setupDeadline = 10_000;
const eventDeadline = 30_000;
const deliveryDeadline = 30_000;
const disposeDeadline = 5_000;

/** Loads and sets up every configured plugin; throws AppErrors with all that is wrong with all of them. */
export async function openHost(uses: readonly PluginUse[], services: Services): Promise<Host> {
  const stop = new AbortController();
  const settled = await Promise.allSettled(uses.map((use) => open(use, services, stop.signal)));
  const instances = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const problems = settled.flatMap((result) => (result.status === 'rejected' ? errorsOf(result.reason) : []));
  problems.push(...duplicates(instances));
  const host = createHost(instances, services, stop);
  if (problems.length === 0) return host;
  await host.dispose();
  throw new AppErrors(problems);
}

async function open(use: PluginUse, services: Services, signal: AbortSignal): Promise<Instance> {
  const began = performance.now();
  const plugin = await loadPlugin(use.use, services.folder);
  const name = use.name ?? plugin.name;
  const config = await readConfig(plugin, name, use.config);
  const context = contextFor({ plugin, name, config, services, signal });
  const asked = await isolate(() => plugin.setup(context), { who: `${name} (setup)`, deadline: setupDeadline });
  if (!asked.ok) throw new AppError('PLUGIN_SETUP_FAILED', asked.problem.message, { hint: asked.problem.hint });
  checkWiring(name, asked.value);
  return { name, use: use.use, plugin, config, wiring: asked.value, loadMs: performance.now() - began };
}

async function readConfig(plugin: Plugin, name: string, given: unknown): Promise<unknown> {
  if (plugin.config === undefined) {
    if (given === undefined) return undefined;
    throw new AppError('PLUGIN_CONFIG_INVALID', `${name} takes no config`);
  }
  const result = await plugin.config['~standard'].validate(given ?? {});
  if (result.issues === undefined) return result.value;
  throw new AppErrors(
    result.issues.map((issue) => {
      const path = (issue.path ?? []).map((step) => String(typeof step === 'object' ? step.key : step)).join('.');
      return new AppError('PLUGIN_CONFIG_INVALID', `${name}: ${path === '' ? '' : `${path}: `}${issue.message}`);
    }),
  );
}

interface Wanting {
  readonly plugin: Plugin;
  readonly name: string;
  readonly config: unknown;
  readonly services: Services;
  readonly signal: AbortSignal;
}

function contextFor({ plugin, name, config, services, signal }: Wanting): PluginContext<unknown> {
  const { http, now, sleep } = services;
  const lend = <Service>(capability: 'state' | 'logs', service: Service, refuse: Service): Service =>
    plugin.requires?.includes(capability) ? service : refuse;
  const refused = (capability: string) => async () => {
    throw new AppError('PLUGIN_INVALID', `${name} uses \`${capability}\` without \`requires: ['${capability}']\``);
  };
  return {
    instance: name,
    config,
    log: signed(services.log, name),
    http,
    now,
    sleep,
    signal,
    state: lend('state', services.state, refused('state')),
    logs: lend('logs', services.logs, refused('logs')),
  };
}

/** Every line of a plugin says whose it is, behind what it has to say. */
function signed(log: Log, plugin: string): Log {
  return {
    error: (message, fields) => log.error(message, { ...fields, plugin }),
    warn: (message, fields) => log.warn(message, { ...fields, plugin }),
    info: (message, fields) => log.info(message, { ...fields, plugin }),
    debug: (message, fields) => log.debug(message, { ...fields, plugin }),
  };
}

const wiringKeys: readonly string[] = ['on', 'deliver', 'dispose', ...decisionNames];

function checkWiring(name: string, wiring: unknown): asserts wiring is Wiring {
  if (typeof wiring !== 'object' || wiring === null) {
    throw new AppError('PLUGIN_INVALID', `${name}: setup returned ${String(wiring)} instead of an object`);
  }
  const events = (wiring as { on?: unknown }).on ?? {};
  if (typeof events !== 'object' || events === null) {
    throw new AppError('PLUGIN_INVALID', `${name}: \`on\` is not an object of event handlers`);
  }
  const { on: _, ...functions } = wiring as Record<string, unknown>;
  const problems = [...strangers(name, functions, wiringKeys), ...strangers(name, events, eventTypes)];
  for (const [key, value] of Object.entries({ ...functions, ...events })) {
    if (value === undefined || typeof value === 'function') continue;
    problems.push(new AppError('PLUGIN_INVALID', `${name}: \`${key}\` is not a function`));
  }
  if (problems.length > 0) throw new AppErrors(problems);
}

function strangers(name: string, given: object, known: readonly string[]): AppError[] {
  return Object.keys(given)
    .filter((key) => !known.includes(key))
    .map((key) => {
      const message = `${name}: there is no \`${key}\`; did you mean \`${closest(key, [...known])}\`?`;
      return new AppError('PLUGIN_UNKNOWN_KEY', message);
    });
}

function duplicates(instances: readonly Instance[]): AppError[] {
  const names = instances.map(({ name }) => name);
  const twice = new Set(names.filter((name, at) => names.indexOf(name) !== at));
  return [...twice].map((name) => new AppError('PLUGIN_DUPLICATE', `two plugin instances are named "${name}"`));
}

function createHost(instances: readonly Instance[], services: Services, stop: AbortController): Host {
  const mailboxes: Mailbox<BelfryEvent>[] = [];
  const unlisten: (() => void)[] = [];
  return {
    instances,
    listen(bus) {
      for (const instance of instances.filter(({ wiring }) => wiring.on !== undefined)) {
        const mailbox = createMailbox<BelfryEvent>((event) => hear(instance, event, bus));
        mailboxes.push(mailbox);
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
      const empty = Promise.all(mailboxes.map((mailbox) => mailbox.empty()));
      const enough = new AbortController();
      await Promise.race([empty, services.sleep(deadline, enough.signal).catch(() => {})]);
      enough.abort();
    },
    async dispose() {
      stop.abort();
      for (const end of unlisten) end();
      for (const mailbox of mailboxes) mailbox.close();
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

function pluginFailure(event: BelfryEvent, problem: ReturnType<typeof problemOf>): Fact {
  const { cycle } = event;
  return { type: 'failed', cycle, workload: null, phase: 'plugin', outcome: 'unchanged', problem, logTail: [] };
}

async function disposeOf(instance: Instance, log: Log): Promise<void> {
  const { dispose } = instance.wiring;
  if (dispose === undefined) return;
  const done = await isolate(() => dispose(), { who: `${instance.name} (dispose)`, deadline: disposeDeadline });
  if (!done.ok) log.warn(done.problem.message);
}

function isAnswer(value: unknown): value is DeliveryAnswer {
  const outcome = (value as { outcome?: unknown } | null | undefined)?.outcome;
  return outcome === 'sent' || outcome === 'accepted' || outcome === 'retry' || outcome === 'permanent';
}

function errorsOf(error: unknown): readonly AppError[] {
  if (error instanceof AppErrors) return error.errors;
  return [error instanceof AppError ? error : new AppError('UNEXPECTED', problemOf(error).message, { cause: error })];
}
