import { createBus } from '../../core/bus.ts';
import { createRedact } from '../../core/config/redact.ts';
import { type Answer, type Asked, type Decision, decisionNames } from '../../core/decisions.ts';
import { AppError, type Problem } from '../../core/errors/app-error.ts';
import { isCode } from '../../core/errors/catalogue.ts';
import { type BelfryEvent, type EventType, eventTypes, type Fact, type Workload } from '../../core/events.ts';
import { openHost } from '../../core/host.ts';
import { memoryJournal } from '../../core/journal/memory-journal.ts';
import { checkPlugin } from '../../core/loader.ts';
import { createLog, silentLog } from '../../core/log.ts';
import type {
  Capability,
  DeliveryAnswer,
  DeliveryContext,
  ExecCommand,
  ExecResult,
  Http,
  Message,
  Plugin,
  Preview,
  RegistryReads,
  Routes,
  WorkloadState,
} from '../../core/plugin.ts';
import { askPreview } from '../../core/preview/ask.ts';
import { ask } from '../../core/verdicts.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';

export interface TestHostOptions {
  /** As it would stand in the configuration file. */
  readonly config?: unknown;
  /** What `now` and `sleep` go by: a sleep lets its whole time pass at once. */
  readonly clock?: FakeClock;
  /** Belfry's own; `UTC` unless given. */
  readonly timeZone?: string;
  readonly http?: Http;
  /** What must never be shown, as Belfry knows it from its configuration. */
  readonly secrets?: readonly string[];
  /** For plugins that require `state`. */
  readonly state?: (workload: Workload) => WorkloadState;
  /** For plugins that require `routes`. */
  readonly routes?: (workload: Workload, port: number) => Routes;
  /** For plugins that require `logs`. */
  readonly logs?: (workload: Workload, lines: number) => readonly string[];
  /** For plugins that require `exec`. */
  readonly exec?: (workload: Workload, command: ExecCommand) => ExecResult | Promise<ExecResult>;
  /** For plugins that require `registry`. */
  readonly registry?: RegistryReads;
  /** Where the configuration would lie; the working directory unless given. */
  readonly folder?: string;
  /** What the engine refuses. */
  readonly lacking?: readonly Capability[];
}

/** One plugin, set up as Belfry itself does it, and what Belfry would do to it. */
export interface TestHost {
  readonly clock: FakeClock;
  /** The lines it has logged so far, each with its level: `warn  too slow`. */
  readonly logged: readonly string[];
  /** The decisions it answers. */
  readonly decisions: readonly Decision[];
  /** The events it listens to. */
  readonly events: readonly EventType[];
  /** Whether it is a notifier. */
  readonly delivers: boolean;
  /** Its answer to a decision. Rejects where it throws, takes too long or gives no verdict. */
  ask<D extends Decision>(decision: D, subject: Asked<D>): Promise<Answer<D> | undefined>;
  /** Resolves when it has heard the event, and rejects where that fails. */
  emit(fact: Fact): Promise<BelfryEvent>;
  deliver(message: Message, context?: Partial<DeliveryContext>): Promise<DeliveryAnswer>;
  /** What it says it would send, where it can say so. Rejects where that fails. */
  preview(message: Message): Promise<Preview | undefined>;
  dispose(): Promise<void>;
}

/** For code that hangs; real milliseconds. */
const patience = 5_000;

/** Checks a plugin and its configuration, and sets it up. Throws AppErrors with everything that is wrong with it. */
export async function createTestHost<Config>(plugin: Plugin<Config>, options: TestHostOptions = {}): Promise<TestHost> {
  const { clock = createFakeClock(), config } = options;
  const logged: string[] = [];
  const services = {
    log: createLog({
      level: 'debug',
      write: (line) => logged.push(line.slice(line.indexOf(' ') + 1)),
      now: clock.date,
    }),
    http: options.http ?? missing('http'),
    now: clock.date,
    sleep: clock.sleep,
    timeZone: options.timeZone ?? 'UTC',
    redact: createRedact(options.secrets ?? []),
    state: async (workload: Workload) => (options.state ?? missing('state'))(workload),
    routes: async (workload: Workload, port: number) => (options.routes ?? missing('routes'))(workload, port),
    logs: async (workload: Workload, lines: number) => (options.logs ?? missing('logs'))(workload, lines),
    exec: async (workload: Workload, command: ExecCommand) => (options.exec ?? missing('exec'))(workload, command),
    registry: options.registry ?? { manifest: missing('registry'), blob: missing('registry') },
    lacking: async (capability: Capability) =>
      options.lacking?.includes(capability) ? 'the engine refuses it' : undefined,
    folder: options.folder ?? process.cwd(),
  };
  const use = { use: 'the plugin under test', ...(config === undefined ? {} : { config }) };
  const host = await openHost([use], services, async (name) => checkPlugin(name, plugin));
  const bus = createBus({ journal: memoryJournal(), host: 'test-host', log: silentLog, now: clock.date });
  host.listen(bus);
  const [instance] = host.instances;
  if (instance === undefined) throw new AppError('PLUGIN_INVALID', 'the plugin was not set up');

  return {
    clock,
    logged,
    decisions: decisionNames.filter((decision) => instance.wiring[decision] !== undefined),
    events: eventTypes.filter((type) => instance.wiring.on?.[type] !== undefined),
    delivers: instance.wiring.deliver !== undefined,
    async ask(decision, subject) {
      if (instance.wiring[decision] === undefined)
        throw new AppError('PLUGIN_INVALID', `it does not answer ${decision}`);
      const asked = await ask(instance, decision, subject, { deadline: patience });
      if (asked.ok) return asked.value;
      throw failure(asked.problem, asked.cause);
    },
    async emit(fact) {
      const before = instance.tally.failures;
      const event = await bus.emit(fact);
      await host.settle(patience);
      const { failures, lastFailure } = instance.tally;
      if (failures > before && lastFailure !== null) throw failure(lastFailure);
      return event;
    },
    deliver: (message, context = {}) => host.deliver(instance, message, { ...firstAttempt(), ...context }),
    async preview(message) {
      const asked = await askPreview(instance, message, 'msg_1');
      if (asked === undefined || asked.ok) return asked?.value;
      throw failure(asked.problem, asked.cause);
    },
    dispose: () => host.dispose(),
  };
}

/** Under the code that `belfry plugins` would show. */
function failure({ code, message }: Pick<Problem, 'code' | 'message'>, cause?: unknown): AppError {
  return new AppError(isCode(code) ? code : 'PLUGIN_FAILED', message, { cause });
}

const firstAttempt = (): DeliveryContext => ({
  id: 'msg_1',
  attempt: 1,
  form: 'full',
  signal: new AbortController().signal,
});

function missing(what: string): () => never {
  return () => {
    throw new AppError('PLUGIN_INVALID', `give createTestHost \`${what}\` for this plugin`);
  };
}
