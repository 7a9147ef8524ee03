import type { PluginUse } from './config/settings.ts';
import { AppError, AppErrors, errorsOf, hasCode } from './errors/app-error.ts';
import { isCode } from './errors/catalogue.ts';
import { readConfig } from './hosting/plugin-config.ts';
import { createPluginLog } from './hosting/plugin-log.ts';
import { createTally, type Tally } from './hosting/tally.ts';
import { checkWiring } from './hosting/wiring.ts';
import { type Isolated, isolate } from './isolate.ts';
import type { Log } from './log.ts';
import type { Capability, Plugin, PluginContext, Wiring } from './plugin.ts';

/** One configured use of a plugin, set up and ready. */
export interface Instance {
  readonly name: string;
  readonly use: string;
  readonly plugin: Plugin;
  readonly config: unknown;
  readonly wiring: Wiring;
  /** How long loading and set-up took. */
  readonly loadMs: number;
  readonly log: Log;
  readonly tally: Tally;
  /** Its context serves it no longer. */
  end(): void;
}

/** What the host lends to plugins: the parts of their context that are the same for all. */
export type Services = Pick<PluginContext<unknown>, 'http' | 'now' | 'sleep' | 'folder' | 'timeZone' | Capability> & {
  readonly redact?: (text: string) => string;
  readonly log: Log;
  /** Why the engine cannot serve a capability, or undefined where it can. */
  readonly lacking: (capability: Capability) => Promise<string | undefined>;
};

export interface LoadedPlugin {
  readonly plugin: Plugin;
  readonly milliseconds: number;
}

export interface SetUp {
  readonly use: PluginUse;
  readonly load: (use: string) => Promise<LoadedPlugin>;
  readonly services: Services;
  readonly signal: AbortSignal;
}

const deadline = 10_000;
const late = {
  code: 'PLUGIN_SETUP_TIMEOUT',
  likely: 'It probably waits for something that does not answer: connect where it is first needed, with a time-out',
} as const;

/** Loads one plugin, checks its configuration, calls its `setup`, and checks what that returns. Throws what is wrong. */
export async function setUp({ use, load, services, signal }: SetUp): Promise<Instance> {
  const { plugin, milliseconds } = await load(use.use);
  const began = performance.now();
  const name = use.name ?? plugin.name;
  const [config] = await allOf([readConfig(plugin, name, use.config), checkCapabilities(plugin, name, services)]);
  const life = new AbortController();
  const { log, close } = createPluginLog(services.log, name, services.now);
  const context = contextFor({ plugin, name, config, services, log, signal, life: life.signal });
  const asked = await isolate(() => plugin.setup(context), { who: `${name} (setup)`, deadline, late });
  const end = () => {
    life.abort();
    close();
  };
  const tally = createTally(services.now);
  const common = { name, use: use.use, plugin, config, log, tally, end };
  try {
    if (!asked.ok) throw setUpFailure(asked);
    checkWiring(name, asked.value);
    return { ...common, wiring: asked.value, loadMs: milliseconds + performance.now() - began };
  } catch (error) {
    end();
    throw error;
  }
}

/** What a set-up may find wrong with its configuration, beyond what a schema can tell. */
const ownCodes = ['TEMPLATE_INVALID', 'TEMPLATE_UNKNOWN_NAME'] as const;

/** A code of its own says more than that it was the set-up. */
function setUpFailure({ problem, cause }: Extract<Isolated<unknown>, { ok: false }>): AppError {
  if (hasCode(cause, ...ownCodes)) return cause;
  const isOwn = problem.code.startsWith('PLUGIN_') && problem.code !== 'PLUGIN_FAILED' && isCode(problem.code);
  const own = isOwn ? problem.code : 'PLUGIN_SETUP_FAILED';
  // What is found wrong on purpose says itself what to do.
  const isSlip = cause instanceof TypeError || cause instanceof ReferenceError;
  return new AppError(own, problem.message, { cause, ...(isOwn || isSlip ? { hint: problem.hint } : {}) });
}

/** Waits for both, so that everything that is wrong is told at once. */
async function allOf<First, Second>(both: readonly [Promise<First>, Promise<Second>]): Promise<[First, Second]> {
  const settled = await Promise.allSettled(both);
  const reasons = settled.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  if (reasons.length > 1) throw new AppErrors(reasons.flatMap(errorsOf));
  return Promise.all(both);
}

/** What a plugin requires must be there when it is loaded, not fail in the middle of an update. */
async function checkCapabilities({ requires = [] }: Plugin, name: string, { lacking }: Services): Promise<void> {
  const problems: AppError[] = [];
  for (const capability of requires) {
    const why = await lacking(capability);
    if (why === undefined) continue;
    problems.push(new AppError('PLUGIN_CAPABILITY_MISSING', `${name} requires \`${capability}\`, and ${why}`));
  }
  if (problems.length > 0) throw new AppErrors(problems);
}

interface Wanting {
  readonly plugin: Plugin;
  readonly name: string;
  readonly config: unknown;
  readonly services: Services;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Aborts when the instance has been disposed of. */
  readonly life: AbortSignal;
}

function contextFor({ plugin, name, config, services, log, signal, life }: Wanting): PluginContext<unknown> {
  const { http, now, sleep, folder, redact = (text) => text, state, routes, logs, exec, registry } = services;
  /** What is lent works as long as the instance lives, and only where it was asked for. */
  const lend = <Given extends readonly unknown[], Result>(
    what: Capability | 'http' | 'sleep',
    service: (...given: Given) => Promise<Result>,
  ) => {
    return async (...given: Given): Promise<Result> => {
      if (life.aborted) throw new AppError('PLUGIN_DISPOSED', `${name} uses \`${what}\` after it was disposed of`);
      if (what === 'http' || what === 'sleep' || plugin.requires?.includes(what)) return service(...given);
      const message = `${name} uses \`${what}\` without \`requires: ['${what}']\``;
      throw new AppError('PLUGIN_CAPABILITY_UNDECLARED', message);
    };
  };
  return {
    instance: name,
    config,
    folder,
    log,
    http: lend('http', http),
    now,
    redact,
    sleep: lend('sleep', (milliseconds: number, given?: AbortSignal) => sleepWhile(life, sleep, milliseconds, given)),
    get timeZone() {
      return services.timeZone;
    },
    signal,
    state: lend('state', state),
    routes: lend('routes', routes),
    logs: lend('logs', logs),
    exec: lend('exec', exec),
    registry: {
      manifest: lend('registry', (image: string, what: string) => registry.manifest(image, what)),
      blob: lend('registry', (image: string, digest: string) => registry.blob(image, digest)),
    },
  };
}

/** Ends with the caller's own signal, and with the life of the instance: no loop of it goes on afterwards. */
async function sleepWhile(
  life: AbortSignal,
  sleep: Services['sleep'],
  milliseconds: number,
  given: AbortSignal | undefined,
): Promise<void> {
  if (given === undefined) return sleep(milliseconds, life);
  const either = new AbortController();
  const end = () => either.abort();
  if (given.aborted) end();
  for (const signal of [life, given]) signal.addEventListener('abort', end, { once: true });
  try {
    await sleep(milliseconds, either.signal);
  } finally {
    for (const signal of [life, given]) signal.removeEventListener('abort', end);
  }
}
