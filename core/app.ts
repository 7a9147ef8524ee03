import { setTimeout as wait } from 'node:timers/promises';
import { type Bus, createBus, randomId } from './bus.ts';
import type { Loaded } from './config/load.ts';
import { pluginsInForce } from './config/plugins.ts';
import { zoneOf } from './config/time.ts';
import type { Lock } from './control/lock.ts';
import { takeLock } from './control/lock.ts';
import { createTurn, type Turn } from './control/turn.ts';
import type { Context, Request } from './cycle/context.ts';
import { type Delivery, type Instance as Recipient, startDelivery } from './delivery/delivery.ts';
import { recipientOf } from './delivery/recipient.ts';
import { createDockerEngine } from './engine/docker/engine.ts';
import type { Engine } from './engine/port.ts';
import { type Host, openHost, type Services } from './host.ts';
import { request } from './http.ts';
import { openJournal } from './journal/journal.ts';
import { memoryJournal } from './journal/memory-journal.ts';
import type { Journal, JournalReader } from './journal/port.ts';
import { readJournal } from './journal/read-journal.ts';
import { findStateFolder, openStateFolder, type StateFolderOptions } from './journal/state-folder.ts';
import { labelsRead } from './labels-read.ts';
import { freshLoader } from './loader.ts';
import { createLog, type Log } from './log.ts';
import { createRegistry } from './registry/client.ts';
import type { Registry } from './registry/port.ts';
import { createRoutes } from './self/vantage.ts';
import { engineServices } from './services.ts';
import { createVerdicts } from './verdicts.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The parts that need no state: what every command works with. */
export interface Parts {
  readonly loaded: Loaded;
  readonly env: Environment;
  readonly engine: Engine;
  readonly registry: Registry;
  readonly log: Log;
}

/** A Belfry at work on one engine. */
export interface Belfry {
  readonly host: Host;
  readonly journal: Journal;
  readonly bus: Bus;
  /** Everything a cycle works with; each has an id of its own. */
  context(request: Request, options: ContextOptions): Context;
  close(): Promise<void>;
}

export type ContextOptions = Pick<Context, 'signal' | 'onPull' | 'own'>;

/** A Belfry that may change containers: it holds the lock of its state folder, where it has one. */
export interface Writer extends Belfry {
  readonly lock: Lock | undefined;
  /** Undefined where nothing is remembered. */
  readonly stateFolder: string | undefined;
  /** One piece of work at a time: cycles by the clock and requests of other commands. */
  readonly turn: Turn;
  readonly delivery: Delivery;
  /** The names of the notifiers. */
  readonly notifiers: readonly string[];
  /** The configuration file in force, or null, and since when it is. */
  readonly configured: { readonly file: string | null; readonly since: string };
  /**
   * Puts other settings and plugins in force, of the same engine and state folder, between two pieces of work. All
   * plugins are set up anew before, so that nothing changes where any of that fails: throws AppErrors with all of it.
   */
  reconfigure(next: Parts): Promise<void>;
}

/** Where the Belfry that is at work on this engine listens, if there is one: its state folder. */
export async function findRunning(parts: Parts): Promise<string | undefined> {
  return findStateFolder(await folderOptions(parts));
}

export function openParts(loaded: Loaded, env: Environment, write: (line: string) => void): Parts {
  const { settings, redact } = loaded;
  const log = createLog({ level: settings.log.level, redact, write });
  const { registries, registryTlsSkip } = settings;
  return {
    loaded,
    env,
    log,
    engine: createDockerEngine(settings.engine),
    registry: createRegistry({ registries, registryTlsSkip, env, log }),
  };
}

/** For commands that only look: they read what is remembered, write nothing, and what they find out is told to nobody. */
export async function openReader(parts: Parts): Promise<Belfry> {
  const folder = await findStateFolder(await folderOptions(parts));
  const reader = folder === undefined ? memoryJournal() : await readJournal(folder);
  const host = await openHost(pluginsInForce(parts.loaded.settings), services(parts));
  return assemble({ parts, host, since: new Date() }, lookingOn(reader));
}

/** Opens for changes, or resolves with the state folder of the Belfry that is at work there already. */
export async function openWriter(parts: Parts): Promise<Writer | { readonly runningIn: string }> {
  const { log } = parts;
  const { path, problem } = await openStateFolder(await folderOptions(parts));
  if (problem !== undefined) log.warn(`${problem.message}; updates still work, but nothing is remembered`);
  const lock = path === undefined ? undefined : await takeLock(path);
  if (path !== undefined && lock?.held === false) return { runningIn: path };
  const host = await openHost(pluginsInForce(parts.loaded.settings), services(parts));
  const instances = notifiersOf(host).map(({ name }) => name);
  const journal = path === undefined ? memoryJournal() : await openJournal(path, { now: () => new Date(), instances });
  const inForce: InForce = { parts, host, since: new Date() };
  const belfry = await assemble(inForce, journal);
  const turn = createTurn();
  let delivery = await begin(inForce, belfry);
  let waiting: Host | undefined;
  return {
    ...belfry,
    lock: lock?.held ? lock : undefined,
    stateFolder: path,
    turn,
    get host() {
      return inForce.host;
    },
    get delivery() {
      return delivery;
    },
    get configured() {
      return { file: inForce.parts.loaded.file, since: inForce.since.toISOString() };
    },
    async reconfigure(next) {
      const fresh = await openHost(pluginsInForce(next.loaded.settings), services(next), freshLoader());
      waiting = fresh;
      await turn.take(async () => {
        const old = inForce.host;
        await old.settle(settleTime);
        // What is on its way arrives, or is taken up by those who come after.
        await delivery.idle(settleTime);
        await delivery.stop();
        Object.assign(inForce, { parts: next, host: fresh, since: new Date() });
        waiting = undefined;
        delivery = await begin(inForce, belfry);
        await old.dispose();
      });
    },
    get notifiers() {
      return notifiersOf(inForce.host).map(({ name }) => name);
    },
    async close() {
      await turn.close();
      await inForce.host.settle(settleTime);
      await delivery.stop();
      await waiting?.dispose();
      await belfry.close();
      await journal.close();
      if (lock?.held) await lock.release();
    },
  };
}

const settleTime = 2_000;

/** What goes by the configuration. */
interface InForce {
  readonly parts: Parts;
  readonly host: Host;
  readonly since: Date;
}

export const notifiersOf = ({ instances }: Host) => instances.filter(({ wiring }) => wiring.deliver !== undefined);

/** From now on the plugins in force hear of everything, and messages are on their way. */
async function begin({ parts, host }: InForce, { bus, journal }: Belfry): Promise<Delivery> {
  host.listen(bus);
  return startDelivery({
    journal,
    instances: await recipients(parts, host),
    emit: bus.emit,
    log: parts.log,
    now: () => new Date(),
    random: Math.random,
  });
}

/** Everything about the configuration is asked for anew each time, since another one may be in force by then. */
async function assemble(inForce: InForce, journal: Journal): Promise<Belfry> {
  const { engine, log } = inForce.parts;
  const host = await hostNameOf(inForce.parts);
  const bus = createBus({ journal, host, log, redact: (text) => inForce.parts.loaded.redact(text) });
  const verdicts = createVerdicts(
    () => inForce.host.instances,
    (labels) => inForce.host.wake(labels),
  );
  const common = { engine, journal, bus, verdicts, now: () => new Date(), sleep };
  return {
    journal,
    bus,
    host: inForce.host,
    context(asked, options) {
      const { registry, log, loaded } = inForce.parts;
      const settings = { ...loaded.settings, pluginLabels: labelsRead(inForce.host) };
      return { ...common, registry, log, settings, ...options, request: asked, cycle: randomId('cyc') };
    },
    close: () => inForce.host.dispose(),
  };
}

/** Which state folder is meant. */
export async function folderOptions({ loaded, env, engine }: Parts): Promise<StateFolderOptions> {
  const { id } = await engine.info();
  const { stateFolder, scope } = loaded.settings;
  return { explicit: stateFolder, env, engineId: id, scope };
}

export function services({ engine, registry, log, loaded, env }: Parts): Services {
  return {
    log,
    http: request,
    now: () => new Date(),
    sleep,
    get timeZone() {
      return zoneOf(loaded.settings, env);
    },
    routes: createRoutes(engine, loaded.settings.engine.host),
    ...engineServices(engine, registry),
    redact: loaded.redact,
    folder: loaded.settings.folder,
  };
}

/** What events and messages call the host that is watched. */
export async function hostNameOf({ engine, loaded }: Parts): Promise<string> {
  return loaded.settings.hostName ?? (await engine.info()).name;
}

/** The notifiers in force, as delivery sees them. */
export async function recipients(parts: Parts, host: Host): Promise<readonly Recipient[]> {
  const { loaded, env } = parts;
  const common = { host: await hostNameOf(parts), timeZone: () => zoneOf(loaded.settings, env), redact: loaded.redact };
  return notifiersOf(host).map((instance) =>
    recipientOf(instance, { ...common, deliver: host.deliver.bind(host, instance) }),
  );
}

/** Remembers with the journal that is there, and keeps what is added to itself. */
function lookingOn(reader: JournalReader): Journal {
  const own = memoryJournal();
  return { ...own, durable: true, memory: reader.memory, loadSnapshot: reader.loadSnapshot };
}

async function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  await wait(milliseconds, undefined, signal === undefined ? {} : { signal });
}
