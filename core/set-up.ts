import { didYouMean } from './config/nearest.ts';
import type { PluginUse } from './config/settings.ts';
import { decisionNames } from './decisions.ts';
import { AppError, AppErrors, hasCode, type Problem } from './errors/app-error.ts';
import { eventTypes } from './events.ts';
import { isolate } from './isolate.ts';
import type { Log } from './log.ts';
import type { Capability, Plugin, PluginContext, Wiring } from './plugin.ts';
import type { SchemaIssue } from './standard-schema.ts';

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
export type Services = Pick<PluginContext<unknown>, 'http' | 'now' | 'sleep' | 'folder' | 'timeZone' | Capability> & {
  readonly redact?: (text: string) => string;
  readonly log: Log;
  /** Why the engine cannot serve a capability, or undefined where it can. */
  readonly lacking: (capability: Capability) => Promise<string | undefined>;
};

export interface SetUp {
  readonly use: PluginUse;
  readonly load: (use: string, folder: string) => Promise<Plugin>;
  readonly services: Services;
  readonly signal: AbortSignal;
}

const deadline = 10_000;

/** Loads one plugin, checks its configuration, calls its `setup`, and checks what that returns. Throws what is wrong. */
export async function setUp({ use, load, services, signal }: SetUp): Promise<Instance> {
  const began = performance.now();
  const plugin = await load(use.use, services.folder);
  const name = use.name ?? plugin.name;
  const config = await readConfig(plugin, name, use.config);
  await checkCapabilities(plugin, name, services);
  const context = contextFor({ plugin, name, config, services, signal });
  const asked = await isolate(() => plugin.setup(context), { who: `${name} (setup)`, deadline });
  if (!asked.ok) throw hasCode(asked.cause, ...ownCodes) ? asked.cause : setUpFailed(asked.problem);
  checkWiring(name, asked.value);
  return { name, use: use.use, plugin, config, wiring: asked.value, loadMs: performance.now() - began };
}

/** What a set-up may find wrong with its configuration, beyond what a schema can tell. */
const ownCodes = ['TEMPLATE_INVALID', 'TEMPLATE_UNKNOWN_NAME'] as const;

const setUpFailed = ({ message, hint }: Problem) => new AppError('PLUGIN_SETUP_FAILED', message, { hint });

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

async function readConfig({ config: schema }: Plugin, name: string, given: unknown): Promise<unknown> {
  if (schema === undefined) {
    if (given === undefined) return undefined;
    throw new AppError('PLUGIN_CONFIG_INVALID', `${name} takes no config`);
  }
  const asked = await isolate(
    async () => {
      const result = await schema['~standard'].validate(given ?? {});
      return result.issues === undefined ? result : { issues: result.issues.map((issue) => told(issue, schema)) };
    },
    { who: `${name} (config)`, deadline },
  );
  if (!asked.ok) throw new AppError('PLUGIN_CONFIG_INVALID', asked.problem.message, { cause: asked.cause });
  if (asked.value.issues === undefined) return asked.value.value;
  throw new AppErrors(asked.value.issues.map((issue) => new AppError('PLUGIN_CONFIG_INVALID', `${name}: ${issue}`)));
}

/** Zod also says which keys it does not know, and has a list of those it does. */
function told(issue: SchemaIssue & { readonly keys?: readonly string[] }, schema: object): string {
  const path = (issue.path ?? []).map((step) => String(typeof step === 'object' ? step.key : step)).join('.');
  const { shape = {} } = schema as { readonly shape?: object };
  const meant = (issue.keys ?? []).map((key) => didYouMean(key, Object.keys(shape))).join('');
  return `${path === '' ? '' : `${path}: `}${issue.message}${meant === '' ? '' : `.${meant}`}`;
}

interface Wanting {
  readonly plugin: Plugin;
  readonly name: string;
  readonly config: unknown;
  readonly services: Services;
  readonly signal: AbortSignal;
}

function contextFor({ plugin, name, config, services, signal }: Wanting): PluginContext<unknown> {
  const { http, now, sleep, folder, redact = (text) => text } = services;
  const lend = <Service>(capability: Capability, service: Service, refuse: (refusal: () => never) => Service) => {
    if (plugin.requires?.includes(capability)) return service;
    return refuse(() => {
      throw new AppError('PLUGIN_INVALID', `${name} uses \`${capability}\` without \`requires: ['${capability}']\``);
    });
  };
  const asked = (refusal: () => never) => async () => refusal();
  return {
    instance: name,
    config,
    folder,
    log: signed(services.log, name),
    http,
    now,
    redact,
    sleep,
    get timeZone() {
      return services.timeZone;
    },
    signal,
    state: lend('state', services.state, asked),
    routes: lend('routes', services.routes, asked),
    logs: lend('logs', services.logs, asked),
    exec: lend('exec', services.exec, asked),
    registry: lend('registry', services.registry, (refusal) => ({ manifest: asked(refusal), blob: asked(refusal) })),
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
    throw new AppError(
      'PLUGIN_INVALID',
      `${name}: setup returned ${wiring === null ? 'null' : typeof wiring} instead of an object`,
    );
  }
  const events = (wiring as { on?: unknown }).on ?? {};
  if (typeof events !== 'object') {
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
    .map((key) => new AppError('PLUGIN_UNKNOWN_KEY', `${name}: there is no ${key}.${didYouMean(key, known)}`));
}
