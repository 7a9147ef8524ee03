import { register } from 'node:module';
import { isAbsolute, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { closest, distance } from 'fastest-levenshtein';
import type { PluginUse } from './config/settings.ts';
import { AppError } from './errors/app-error.ts';
import { builtInNames, builtInPlugin, bundled, publicModules } from './paths.ts';
import type { Plugin } from './plugin.ts';

/**
 * Finds a configured plugin and checks its shape. Built-ins go by name, files by a path, anything else is a package;
 * both are looked up from `folder`. Throws an AppError with a `PLUGIN_…` code.
 */
export async function loadPlugin(use: PluginUse['use'], folder: string): Promise<Plugin> {
  const builtIn = builtInPlugin(use);
  const loaded = builtIn === undefined ? await importForeign(use, folder) : await importModule(use, builtIn.href);
  return checkShape(use, loaded);
}

async function importForeign(use: string, folder: string): Promise<unknown> {
  serveOwnModules();
  const isPath = use.startsWith('.') || isAbsolute(use);
  const path = resolve(folder, use);
  if (isPath && /\.m?js$/.test(use)) return importModule(use, pathToFileURL(path).href);
  // tsx takes what Node alone does not: TypeScript, and packages as seen from another folder.
  const { tsImport } = await import('tsx/esm/api');
  const parent = pathToFileURL(resolve(folder, 'config.json')).href;
  return wrapped(use, () => tsImport(isPath ? pathToFileURL(path).href : use, parent));
}

function importModule(use: string, url: string): Promise<unknown> {
  return wrapped(use, () => import(url));
}

async function wrapped(use: string, load: () => Promise<unknown>): Promise<unknown> {
  try {
    const module = (await load()) as { default?: unknown };
    // A CommonJS module seen through an ES one carries its exports one level deeper.
    const inner = module.default as { default?: unknown } | undefined;
    return inner?.default ?? module.default;
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    const code = (cause as { code?: unknown } | null)?.code;
    const absent = code === 'ERR_MODULE_NOT_FOUND' && !/imported from .*\.m?[jt]s$/m.test(message);
    if (absent || code === 'MODULE_NOT_FOUND') throw notFound(use);
    throw new AppError('PLUGIN_LOAD_FAILED', `plugin "${use}" cannot be loaded: ${message.split('\n')[0]}`, { cause });
  }
}

function notFound(use: string): AppError {
  const nearest = closest(use, [...builtInNames()]);
  const meant = distance(use, nearest) <= 3 ? `; did you mean "${nearest}"?` : '';
  return new AppError('PLUGIN_NOT_FOUND', `there is no plugin "${use}"${meant}`);
}

let served = false;

function serveOwnModules(): void {
  if (served) return;
  served = true;
  register(new URL(bundled ? './resolve-hook.js' : './resolve-hook.ts', import.meta.url), { data: publicModules() });
}

const pluginKeys = ['name', 'apiVersion', 'summary', 'config', 'requires', 'destination', 'setup'];

function checkShape(use: string, loaded: unknown): Plugin {
  const wrong = (what: string) => new AppError('PLUGIN_INVALID', `plugin "${use}" ${what}`);
  if (typeof loaded !== 'object' || loaded === null) throw wrong('has no default export made by definePlugin');
  const plugin = loaded as Record<string, unknown>;
  if (plugin.apiVersion !== 1) {
    const given = JSON.stringify(plugin.apiVersion);
    throw new AppError('PLUGIN_API_VERSION', `plugin "${use}" is written for plugin API ${given}, this is 1`);
  }
  if (typeof plugin.name !== 'string' || !/^[a-z][a-z0-9-]*$/.test(plugin.name))
    throw wrong('has no kebab-case `name`');
  if (typeof plugin.summary !== 'string') throw wrong('has no `summary`');
  if (typeof plugin.setup !== 'function') throw wrong('has no `setup` function');
  if (plugin.config !== undefined && !isStandardSchema(plugin.config))
    throw wrong('has a `config` that is no Standard Schema');
  const strange = Object.keys(plugin).find((key) => !pluginKeys.includes(key));
  if (strange !== undefined) throw wrong(`has a key "${strange}"; did you mean "${closest(strange, pluginKeys)}"?`);
  return loaded as Plugin;
}

function isStandardSchema(value: unknown): boolean {
  const standard = (value as { '~standard'?: { version?: unknown; validate?: unknown } } | null)?.['~standard'];
  return standard?.version === 1 && typeof standard.validate === 'function';
}
