import { existsSync } from 'node:fs';
import { register } from 'node:module';
import { isAbsolute, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { didYouMean } from './config/nearest.ts';
import { AppError, AppErrors } from './errors/app-error.ts';
import { isolate } from './isolate.ts';
import { builtInNames, builtInPlugin, bundled, publicModules } from './paths.ts';
import type { Capability, Plugin } from './plugin.ts';

/**
 * Finds a configured plugin and checks its shape. Built-ins go by name, files by a path, anything else is a package;
 * both are looked up from `folder`. Throws an AppError, or several, with a `PLUGIN_…` code.
 */
export async function loadPlugin(use: string, folder: string): Promise<Plugin> {
  const builtIn = builtInPlugin(use);
  // In the bundle built-ins find it by themselves; under the sources a stale build could answer.
  if (builtIn === undefined || !bundled) serveOwnModules();
  const load = builtIn === undefined ? foreign(use, folder) : () => import(builtIn.href);
  return checkPlugin(use, await imported(use, load));
}

function foreign(use: string, folder: string): () => Promise<unknown> {
  const isPath = use.startsWith('.') || isAbsolute(use);
  const path = resolve(folder, use);
  if (isPath && !existsSync(path)) throw notFound(use);
  const url = pathToFileURL(path).href;
  if (isPath && /\.m?js$/.test(use)) return () => import(url);
  return async () => {
    // tsx takes what Node alone does not: TypeScript, and packages as seen from another folder.
    const { tsImport } = await import('tsx/esm/api');
    return tsImport(isPath ? url : use, configFile(folder));
  };
}

/** Where packages are looked up from; it need not exist. */
function configFile(folder: string): string {
  return pathToFileURL(resolve(folder, 'config.json')).href;
}

const deadline = 30_000;

/** The default export; foreign code may run for ever while it is loaded, too. */
async function imported(use: string, load: () => Promise<unknown>): Promise<unknown> {
  const loaded = await isolate(load, { who: `plugin "${use}"`, deadline });
  if (!loaded.ok) {
    if (isAbsent(use, loaded.cause)) throw notFound(use);
    const [message = ''] = loaded.problem.message.split('\n');
    throw new AppError('PLUGIN_LOAD_FAILED', message, { cause: loaded.cause });
  }
  const module = loaded.value as { readonly default?: unknown };
  // A CommonJS module seen through an ES one carries its exports one level deeper.
  const inner = module.default as { readonly default?: unknown } | null | undefined;
  return inner?.default ?? module.default;
}

/** Whether it is the plugin itself that is missing, and not something that it imports. */
function isAbsent(use: string, error: unknown): boolean {
  const { code, message = '' } = (error ?? {}) as { readonly code?: unknown; readonly message?: string };
  const missing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
  return missing && /package '([^']+)'/.exec(message)?.[1] === packageOf(use);
}

/** `@acme/pager` for `@acme/pager/gate`. */
function packageOf(use: string): string {
  return use
    .split('/')
    .slice(0, use.startsWith('@') ? 2 : 1)
    .join('/');
}

function notFound(use: string): AppError {
  return new AppError('PLUGIN_NOT_FOUND', `there is no plugin "${use}".${didYouMean(use, builtInNames())}`);
}

let served = false;

/** Has `belfry/plugin` and its siblings mean this Belfry, from now on and for every file that is loaded. */
export function serveOwnModules(): void {
  if (served) return;
  served = true;
  register(new URL(bundled ? './resolve-hook.js' : './resolve-hook.ts', import.meta.url), { data: publicModules() });
}

const capabilities: readonly Capability[] = ['state', 'routes', 'logs', 'exec', 'registry'];

/** What each part of a plugin must be. */
const parts: {
  readonly [Part in keyof Plugin]-?: { readonly is: string; readonly fits: (value: unknown) => boolean };
} = {
  name: { is: 'a name in kebab-case', fits: (value) => typeof value === 'string' && /^[a-z][a-z0-9-]*$/.test(value) },
  apiVersion: { is: '1', fits: (value) => value === 1 },
  summary: { is: 'a sentence', fits: (value) => typeof value === 'string' && value !== '' },
  config: { is: 'a Standard Schema', fits: (value) => value === undefined || isStandardSchema(value) },
  configJsonSchema: { is: 'a JSON Schema', fits: (value) => value === undefined || isObject(value) },
  labels: { is: 'an object of sentences by label suffix', fits: (value) => value === undefined || isTexts(value) },
  requires: {
    is: `a list of ${capabilities.join(', ')}`,
    fits: (value) => value === undefined || (Array.isArray(value) && value.every((one) => capabilities.includes(one))),
  },
  patience: { is: 'a function', fits: (value) => value === undefined || typeof value === 'function' },
  destination: { is: 'a function', fits: (value) => value === undefined || typeof value === 'function' },
  budget: { is: 'an object with a `limit`', fits: (value) => value === undefined || isBudget(value) },
  setup: { is: 'a function', fits: (value) => typeof value === 'function' },
};

/** Tells a plugin from anything else that a module may export; throws with all that is wrong with it. */
export function checkPlugin(use: string, loaded: unknown): Plugin {
  if (typeof loaded !== 'object' || loaded === null) {
    throw new AppError('PLUGIN_INVALID', `plugin "${use}" has no default export made by definePlugin`);
  }
  const plugin = loaded as Readonly<Record<string, unknown>>;
  if (!parts.apiVersion.fits(plugin.apiVersion)) {
    const given = JSON.stringify(plugin.apiVersion);
    throw new AppError('PLUGIN_API_VERSION', `plugin "${use}" is written for plugin API ${given}, this is 1`);
  }
  const unfit = Object.entries(parts).filter(([part, { fits }]) => !fits(plugin[part]));
  const strange = Object.keys(plugin).filter((key) => !Object.hasOwn(parts, key));
  const wrong = [
    ...unfit.map(([part, { is }]) => `its \`${part}\` is not ${is}`),
    ...strange.map((key) => `it has a key ${key}.${didYouMean(key, Object.keys(parts))}`),
  ];
  if (wrong.length === 0) return loaded as Plugin;
  throw new AppErrors(wrong.map((what) => new AppError('PLUGIN_INVALID', `plugin "${use}": ${what}`)));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): boolean {
  return isObject(value) && Object.values(value).every((text) => typeof text === 'string');
}

function isBudget(value: unknown): boolean {
  const { unit, limit } = (value ?? {}) as { readonly unit?: unknown; readonly limit?: unknown };
  return typeof unit === 'string' && typeof limit === 'number' && limit > 0;
}

function isStandardSchema(value: unknown): boolean {
  const standard = (value as { '~standard'?: { version?: unknown; validate?: unknown } } | null)?.['~standard'];
  return standard?.version === 1 && typeof standard.validate === 'function';
}
