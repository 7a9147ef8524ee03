import { createBus } from '../../core/bus.ts';
import { loadSettings } from '../../core/config/load.ts';
import type { Settings } from '../../core/config/settings.ts';
import type { Context, Request } from '../../core/cycle/context.ts';
import { type CycleResult, type Pass, runCycle, updates } from '../../core/cycle/cycle.ts';
import type { EngineInfo, HostConfig } from '../../core/engine/port.ts';
import type { BelfryEvent, EventOf, EventType } from '../../core/events.ts';
import type { Instance } from '../../core/host.ts';
import { memoryJournal } from '../../core/journal/memory-journal.ts';
import type { Journal } from '../../core/journal/port.ts';
import { createLog } from '../../core/log.ts';
import type { Wiring } from '../../core/plugin.ts';
import { createVerdicts } from '../../core/verdicts.ts';
import { createFakeEngine, type FakeEngine } from '../kit/fake-engine.ts';
import type { FakeImage, FakeRegistry } from '../kit/fake-registry.ts';

export interface LabOptions {
  readonly settings?: Partial<Settings>;
  /** What plugins answer, in the order of their configuration; they are named `gate-0`, `gate-1` … */
  readonly plugins?: readonly Wiring[];
  readonly journal?: Journal;
  readonly info?: Partial<EngineInfo>;
}

/** Everything a cycle works with, in memory, and what it states. */
export interface Lab {
  readonly engine: FakeEngine;
  readonly registry: FakeRegistry;
  readonly journal: Journal;
  readonly events: readonly BelfryEvent[];
  readonly logged: readonly string[];
  readonly stop: AbortController;
  context(request?: Partial<Request>): Context;
  run(request?: Partial<Request>, pass?: Pass): Promise<CycleResult>;
  /** The events of a type, in order. */
  all<Type extends EventType>(type: Type): readonly EventOf<Type>[];
  /** The one event of a type; fails where there are none or several. */
  one<Type extends EventType>(type: Type): EventOf<Type>;
  /** `NAME type CODE` of each ending event, in order. */
  endings(): readonly string[];
  /** Runs a container of an image that its registry has since replaced by a newer one. */
  behind(
    name: string,
    options?: {
      readonly image?: FakeImage;
      readonly labels?: Readonly<Record<string, string>>;
      readonly hostConfig?: HostConfig;
    },
  ): string;
}

const { settings: defaults } = await loadSettings({ flags: { given: [], foreign: [] }, env: {}, cwd: '/' });

/** What the fake image's process is, so that the engine has something to run. */
export const runs = { config: { Cmd: ['serve'] } };

export function createLab({ settings = {}, plugins = [], journal = lasting(), info = {} }: LabOptions = {}): Lab {
  const engine = createFakeEngine({ info });
  const { clock, registry } = engine;
  const events: BelfryEvent[] = [];
  const logged: string[] = [];
  const log = createLog({ level: 'debug', write: (line) => void logged.push(line.slice(25)), now: clock.date });
  const bus = createBus({ journal, host: 'fake-host', log, now: clock.date });
  bus.on((event) => events.push(event));
  const instances = plugins.map((wiring, at) => ({ name: `gate-${at}`, wiring, plugin: {} }) as Instance);
  const stop = new AbortController();
  let cycles = 0;

  const context: Lab['context'] = (request = {}) => {
    cycles += 1;
    return {
      ...{ engine, registry, journal, bus, log, now: clock.date, sleep: clock.sleep, signal: stop.signal },
      settings: { ...defaults, ...settings },
      verdicts: createVerdicts(() => instances),
      cycle: `cyc_${cycles}`,
      request: { trigger: 'manual', names: [], dryRun: false, force: false, ...request },
    };
  };
  const all: Lab['all'] = <Type extends EventType>(type: Type) =>
    events.filter((event): event is EventOf<Type> => event.type === type);

  return {
    ...{ engine, registry, journal, events, logged, stop, context, all },
    run: (request, pass = updates) => runCycle(context(request), pass),
    one(type) {
      const [first, ...others] = all(type);
      if (first === undefined || others.length > 0) throw new Error(`${all(type).length} events are ${type}`);
      return first;
    },
    endings: () =>
      events.flatMap((event) => {
        if (!('ending' in event) || event.workload === null) return [];
        const code = event.type === 'skipped' ? event.code : event.type === 'failed' ? event.problem.code : '';
        return [`${event.workload.name} ${event.type} ${code}`.trim()];
      }),
    behind(name, { image = {}, labels = {}, hostConfig = {} } = {}) {
      const reference = `registry.example/${name}:1`;
      registry.put(reference, { ...runs, labels: { 'org.opencontainers.image.version': '1.0.0' } });
      const id = engine.run(name, { image: reference, config: { Labels: labels }, hostConfig });
      registry.put(reference, { ...runs, labels: { 'org.opencontainers.image.version': '1.1.0' }, ...image });
      return id;
    },
  };
}

/** In memory, and counts as one on disk. */
function lasting(): Journal {
  return Object.assign(Object.create(memoryJournal()) as Journal, { durable: true });
}
