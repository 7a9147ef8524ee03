import { createBus } from '../../core/bus.ts';
import { loadSettings } from '../../core/config/load.ts';
import { pluginsInForce } from '../../core/config/plugins.ts';
import type { PluginUse, Settings } from '../../core/config/settings.ts';
import { runCycle, updates } from '../../core/cycle/cycle.ts';
import type { Preview } from '../../core/cycle/preview.ts';
import type { Plan } from '../../core/decisions.ts';
import type { HostConfig } from '../../core/engine/port.ts';
import type { BelfryEvent, Finished, ReportItem } from '../../core/events.ts';
import { openHost } from '../../core/host.ts';
import { memoryJournal } from '../../core/journal/memory-journal.ts';
import { checkPlugin, loadPlugin } from '../../core/loader.ts';
import { createLog } from '../../core/log.ts';
import type { Http, Plugin, PluginContext, Wiring } from '../../core/plugin.ts';
import { engineServices } from '../../core/services.ts';
import { createVerdicts } from '../../core/verdicts.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import type { Behaviour } from './fake-engine/behaviour.ts';
import { createFakeEngine, type FakeEngine } from './fake-engine.ts';
import type { FakeImage } from './fake-registry.ts';

export interface TestEngineOptions {
  /** What all time goes by; no test waits. */
  readonly clock?: FakeClock;
  /** What answers the plugins' HTTP requests. */
  readonly http?: Http;
}

export interface TestContainer {
  /** `registry.example/NAME:1` unless given. */
  readonly image?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly hostConfig?: HostConfig;
  /** The image it runs: version 1.0.0 unless its labels say otherwise. */
  readonly current?: FakeImage;
  /** The image its registry has by now: version 1.1.0; null where it is up to date. */
  readonly newer?: FakeImage | null;
  /** What becomes of it with the newer image, such as `{ exitsAfter: 0, exitCode: 1 }`; it just runs unless given. */
  readonly behaves?: Behaviour;
}

/** A plugin itself, or with what would stand beside it in the file; `use` names a built-in one. */
export type TestUse = AnyPlugin | (Omit<PluginUse, 'use'> & { readonly plugin: AnyPlugin }) | PluginUse;

/** A plugin whatever its configuration. */
interface AnyPlugin extends Omit<Plugin, 'destination' | 'patience' | 'setup'> {
  readonly patience?: (config: never, plan: Plan) => number;
  readonly destination?: (config: never) => string;
  readonly setup: (context: PluginContext<never>) => Wiring | Promise<Wiring>;
}

export interface TestUpdate {
  /** In force besides the default ones, in order. */
  readonly plugins?: readonly TestUse[];
  readonly settings?: Partial<Settings>;
  /** All containers unless given. */
  readonly names?: readonly string[];
  /** As in a check: everything is asked, nothing is done. */
  readonly dryRun?: boolean;
  /** Also tries an image that failed before. */
  readonly force?: boolean;
}

export interface TestReport {
  readonly finished: Finished;
  /** Everything that was stated, in order. */
  readonly events: readonly BelfryEvent[];
  /** The line about a container; throws where it is up to date and so has none. */
  item(name: string): ReportItem;
  /** In a dry run, what would happen to each container that is behind. */
  readonly previews: readonly Preview[];
  /** The lines that Belfry and the plugins logged, each with its level: `warn  too slow`. */
  readonly logged: readonly string[];
}

/** An engine and registries in memory, with a whole Belfry to update what runs there. */
export interface TestEngine {
  readonly clock: FakeClock;
  /** For more than containers that wait for an update: networks, crashes, faults. */
  readonly fake: FakeEngine;
  /** Runs a container whose registry has a newer image; its id. */
  container(name: string, container?: TestContainer): string;
  /** One cycle, as `belfry update` does it. What the cycles before have left in the journal is remembered. */
  update(options?: TestUpdate): Promise<TestReport>;
}

export function testEngine({ clock = createFakeClock(), http = noHttp }: TestEngineOptions = {}): TestEngine {
  const fake = createFakeEngine({ clock });
  const { registry } = fake;
  // In memory, and counts as one on disk.
  const journal = Object.assign(Object.create(memoryJournal()) as ReturnType<typeof memoryJournal>, { durable: true });
  const now = clock.date;
  let cycles = 0;

  return {
    clock,
    fake,
    container(name, { image = `registry.example/${name}:1`, newer = {}, behaves, ...own } = {}) {
      registry.put(image, versioned('1.0.0', own.current));
      const id = fake.run(name, { image, config: { Labels: own.labels ?? {} }, hostConfig: own.hostConfig ?? {} });
      if (newer === null) return id;
      const digest = registry.put(image, versioned('1.1.0', newer));
      if (behaves !== undefined) fake.behave(`${image}@${digest}`, behaves);
      return id;
    },
    async update({ plugins = [], settings: own = {}, names = [], dryRun = false, force = false } = {}) {
      const logged: string[] = [];
      const events: BelfryEvent[] = [];
      const log = createLog({ level: 'debug', write: (line) => void logged.push(afterTime(line)), now });
      const { uses, load } = loadable(plugins);
      const { settings: standard } = await loadSettings({ flags: { given: [], foreign: [] }, env: {}, cwd: '/' });
      const settings = { ...standard, plugins: uses, ...own };
      const services = {
        ...engineServices(fake, registry),
        ...{ log, http, now, sleep: clock.sleep, timeZone: 'UTC', folder: '/' },
        routes: async () => ({ routes: [], obstacle: 'the engine of a test runs nothing that could be reached' }),
      };
      const host = await openHost(pluginsInForce(settings), services, load);
      const bus = createBus({ journal, host: 'test-host', log, now });
      bus.on((event) => events.push(event));
      host.listen(bus);
      cycles += 1;
      const pluginLabels = host.instances.flatMap(({ plugin }) => Object.keys(plugin.labels ?? {}));
      const context = {
        ...{ engine: fake, registry, journal, bus, log, now, sleep: clock.sleep, signal: new AbortController().signal },
        ...{ settings: { ...settings, pluginLabels }, verdicts: createVerdicts(() => host.instances) },
        cycle: `cyc_${cycles}`,
        request: { trigger: 'manual', names, dryRun, force },
      } as const;
      try {
        const { finished, previews } = await runCycle(context, updates);
        await host.settle(patience);
        return { finished, previews, events, logged, item: (name) => itemOf(finished, name) };
      } finally {
        await host.dispose();
      }
    },
  };
}

/** For listeners that hang; real milliseconds. */
const patience = 5_000;
const versionLabel = 'org.opencontainers.image.version';

function versioned(version: string, { labels, config, ...image }: FakeImage = {}): FakeImage {
  return { ...image, labels: { [versionLabel]: version, ...labels }, config: { Cmd: ['serve'], ...config } };
}

/** Plugins that lie nowhere are loaded by their place in the list. */
function loadable(plugins: readonly TestUse[]) {
  const given = plugins.map((one): PluginUse & { readonly plugin?: unknown } =>
    'setup' in one ? { use: '', plugin: one } : { use: '', ...one },
  );
  const uses = given.map(({ plugin, ...use }, at) => (plugin === undefined ? use : { ...use, use: `plugin ${at}` }));
  const load = async (use: string, folder: string): Promise<Plugin> => {
    const place = uses.findIndex((one) => one.use === use);
    const plugin = given[place]?.plugin;
    return plugin === undefined ? loadPlugin(use, folder) : checkPlugin(use, plugin);
  };
  return { uses, load };
}

function itemOf({ items }: Finished, name: string): ReportItem {
  const item = items.find(({ workload }) => workload.name === name);
  if (item === undefined) throw new Error(`the report says nothing of ${name}: it is up to date, or was not looked at`);
  return item;
}

function afterTime(line: string): string {
  return line.slice(line.indexOf(' ') + 1);
}

async function noHttp(): Promise<never> {
  throw new Error('give testEngine `http` for this plugin');
}
