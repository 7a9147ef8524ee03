import { register } from 'node:module';
import { isAbsolute, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { didYouMean } from './config/nearest.ts';
import { decisionNames } from './decisions.ts';
import { AppError, AppErrors } from './errors/app-error.ts';
import type { Code } from './errors/catalogue.ts';
import { watchCalls } from './hosting/caller.ts';
import { guardExit } from './hosting/exit-guard.ts';
import { faultsIn } from './hosting/faults.ts';
import { checkFile, isAbsent, notFound } from './hosting/find-plugin.ts';
import { forgetCommonJs, type Import, importing, versioned } from './hosting/import-plugin.ts';
import { loadFailure } from './hosting/load-failure.ts';
import { isolate } from './isolate.ts';
import { builtInPlugin, bundled, publicModules } from './paths.ts';
import type { Budget, Capability, Plugin } from './plugin.ts';

export type Load = (use: string, folder: string) => Promise<Plugin>;

/**
 * Finds a configured plugin and checks its shape. Built-ins go by name, files by a path, anything else is a package;
 * both are looked up from `folder`. Throws an AppError, or several, with a `PLUGIN_…` code.
 */
export const loadPlugin: Load = (use, folder) => load(use, folder, 0);

let loads = 0;

/** As `loadPlugin`, and reads the files of plugins anew. Packages stay as they were loaded first. */
export function freshLoader(): Load {
  loads += 1;
  const version = loads;
  return (use, folder) => load(use, folder, version);
}

async function load(use: string, folder: string, version: number): Promise<Plugin> {
  const builtIn = builtInPlugin(use);
  // In the bundle built-ins find it by themselves; under the sources a stale build could answer.
  if (builtIn === undefined || !bundled) serveOwnModules({ guarded: true });
  if (builtIn !== undefined) return pluginIn(use, await imported(use, () => import(builtIn.href)));
  const isPath = use.startsWith('.') || isAbsolute(use);
  const file = isPath ? resolve(folder, use) : undefined;
  if (file !== undefined) checkFile(use, file);
  else if (/^([a-z][a-z0-9+.-]*:|$)/i.test(use)) throw notFound(use, folder);
  if (file !== undefined && version > 0) forgetCommonJs(file);
  const from = pathToFileURL(resolve(folder, 'config.json')).href; // It need not exist.
  const what: Import = file === undefined ? { use, from } : { url: versioned(pathToFileURL(file).href, version), from };
  return pluginIn(use, await imported(use, () => importing(what), { file, folder }));
}

const deadline = 30_000;
const late = {
  code: 'PLUGIN_LOAD_TIMEOUT',
  likely: 'It probably awaits something at the top of the file that never comes: do that in `setup`, with a time-out',
} as const;

interface Source {
  readonly file: string | undefined;
  readonly folder: string;
}

type Module = Readonly<Record<string, unknown>>;

/** Foreign code may run for ever while it is loaded, too. */
async function imported(use: string, bring: () => Promise<unknown>, source?: Source): Promise<Module> {
  const who = `plugin "${use}"`;
  const loaded = await isolate(bring, { who, deadline, late });
  if (loaded.ok) return loaded.value as Module;
  const { problem, cause } = loaded;
  if (source !== undefined && source.file === undefined && isAbsent(use, cause)) throw notFound(use, source.folder);
  throw await loadFailure({ who, file: source?.file, problem, cause });
}

let served = false;

/**
 * Has `belfry/plugin` and its siblings mean this Belfry, from now on and for every file that is loaded; `guarded` where
 * foreign code is to be kept in bounds. All of that costs memory, and so is there only with the first foreign plugin.
 */
export function serveOwnModules({ guarded = false } = {}): void {
  if (served) return;
  served = true;
  if (guarded) guardExit();
  const hook = new URL(bundled ? './resolve-hook.js' : './resolve-hook.ts', import.meta.url);
  register(hook, { data: { modules: publicModules(), pulse: guarded ? watchedPulse() : undefined } });
}

/** Undefined where somebody may stand at a breakpoint: then the main thread was stopped on purpose. */
function watchedPulse(): SharedArrayBuffer | undefined {
  const { memory } = watchCalls();
  return /--inspect/.test(`${process.execArgv} ${process.env.NODE_OPTIONS}`) ? undefined : memory;
}

function pluginIn(use: string, module: Module): Plugin {
  return checkPlugin(use, defaultExport(`plugin "${use}"`, module));
}

function defaultExport(who: string, module: Module): unknown {
  const given = module.default;
  // A CommonJS module seen through an ES one carries its exports one level deeper.
  const exported = (given as { readonly default?: unknown } | null | undefined)?.default ?? given;
  if (exported !== undefined && !isEmpty(exported)) return exported;
  const names = Object.keys(module).filter((name) => name !== 'default' && name !== 'module.exports');
  if (names.length === 0) {
    const what = exported === undefined ? 'nothing' : 'an empty object';
    throw new AppError('PLUGIN_NO_EXPORT', `${who} exports ${what}. Is its file empty?`);
  }
  const meant = names.length === 1 ? `. Write \`export default ${names[0]}\`` : '';
  throw new AppError('PLUGIN_NO_EXPORT', `${who} exports ${names.join(', ')}, and has no default export${meant}`);
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !(value instanceof Promise) && Object.keys(value).length === 0;
}

const units: readonly Budget['unit'][] = ['characters', 'bytes', 'utf-16'];
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
  budget: {
    is: `an object with a positive \`limit\` and a \`unit\` of ${units.slice(0, -1).join(', ')} or ${units.at(-1)}`,
    fits: (value) => value === undefined || isBudget(value),
  },
  pace: {
    is: 'a pair of positive numbers, `burst` and `every`',
    fits: (value) => value === undefined || isPace(value),
  },
  setup: { is: 'a function', fits: (value) => typeof value === 'function' },
};

/** What a part that is not as it must be is told as; the others are `PLUGIN_INVALID`. */
const codes: { readonly [Part in keyof Plugin]?: Code } = {
  name: 'PLUGIN_NAME_INVALID',
  apiVersion: 'PLUGIN_API_VERSION',
  summary: 'PLUGIN_SUMMARY_MISSING',
  config: 'PLUGIN_SCHEMA_INVALID',
  labels: 'PLUGIN_LABELS_INVALID',
  requires: 'PLUGIN_REQUIRES_INVALID',
  setup: 'PLUGIN_SETUP_MISSING',
};

/** Tells a plugin from anything else that a module may export; throws with all that is wrong with it. */
export function checkPlugin(use: string, loaded: unknown): Plugin {
  const who = `plugin "${use}"`;
  if (typeof loaded !== 'object' || loaded === null || loaded instanceof Promise) {
    throw new AppError('PLUGIN_EXPORT_INVALID', `the default export of ${who} is ${kindOf(loaded)}`);
  }
  const plugin = loaded as Readonly<Record<string, unknown>>;
  const { apiVersion } = plugin;
  // Of another version nothing else is known.
  if (Number.isInteger(apiVersion) && apiVersion !== 1) throw otherVersion(who, Number(apiVersion));
  const unfit = (Object.keys(parts) as (keyof Plugin)[]).filter((part) => !parts[part].fits(plugin[part]));
  const strange = Object.keys(plugin).filter((key) => !Object.hasOwn(parts, key));
  const problems = [
    ...unfit.map((part) => new AppError(codes[part] ?? 'PLUGIN_INVALID', `${who}: ${wrongPart(part, plugin[part])}`)),
    ...strange.map((key) => new AppError('PLUGIN_FIELD_UNKNOWN', `${who}: it has a field ${key}.${meantBy(key)}`)),
    ...faultsIn(plugin).map(({ code, message, hint }) => new AppError(code, `${who}: ${message}`, hinted(hint))),
  ];
  if (problems.length > 0) throw new AppErrors(problems);
  return loaded as Plugin;
}

const hinted = (hint: string | undefined) => (hint === undefined ? {} : { hint });

function otherVersion(who: string, given: number): AppError {
  const told = `${who} is written for plugin API ${given}, and this Belfry speaks 1`;
  const hint =
    given > 1
      ? 'The plugin is newer than this Belfry: update Belfry, or use an older release of the plugin.'
      : 'The plugin is older than this Belfry: use a newer release of it, or move it to API 1 as the plugin guide says.';
  return new AppError('PLUGIN_API_VERSION', told, { hint });
}

function wrongPart(part: keyof Plugin, given: unknown): string {
  if (given === undefined) return `it has no \`${part}\``;
  if (part === 'apiVersion') return `its \`apiVersion\` is ${JSON.stringify(given)} and not the number 1`;
  const unknown = part === 'requires' && Array.isArray(given) ? given.find((one) => !capabilities.includes(one)) : null;
  const meant = typeof unknown === 'string' ? didYouMean(unknown, capabilities) : '';
  return `its \`${part}\` is not ${parts[part].is}${meant === '' ? '' : `.${meant}`}`;
}

/** Where a strange key belongs, or what it meant. */
function meantBy(key: string): string {
  const returned: readonly string[] = ['on', 'deliver', 'preview', 'dispose', ...decisionNames];
  return returned.includes(key) ? ' It belongs in what `setup` returns.' : didYouMean(key, Object.keys(parts));
}

function kindOf(value: unknown): string {
  if (value instanceof Promise) return 'a promise. Write `export default await …`';
  if (typeof value !== 'function') return value === null ? 'null' : `a ${typeof value}`;
  if (/^class\b/.test(Function.prototype.toString.call(value))) return 'a class, and not a plugin';
  return 'a function. Call it where it makes the plugin: `export default gate()`';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): boolean {
  return isObject(value) && Object.values(value).every((text) => typeof text === 'string');
}

function isBudget(value: unknown): boolean {
  const { unit, limit } = (value ?? {}) as { readonly unit?: unknown; readonly limit?: unknown };
  return units.some((one) => one === unit) && typeof limit === 'number' && limit > 0;
}

function isPace(value: unknown): boolean {
  const { burst, every } = (value ?? {}) as { burst?: unknown; every?: unknown };
  return [burst, every].every((one) => typeof one === 'number' && one >= 1 && Number.isFinite(one));
}

function isStandardSchema(value: unknown): boolean {
  const standard = (value as { '~standard'?: { version?: unknown; validate?: unknown } } | null)?.['~standard'];
  return standard?.version === 1 && typeof standard.validate === 'function';
}
