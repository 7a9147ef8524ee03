/**
 * Runs on Node's loader thread: `belfry/plugin` and its siblings mean the running Belfry, wherever a plugin lies,
 * also where no package `belfry` can be found from its folder.
 */
import type { InitializeHook, ResolveHook } from 'node:module';
import { inherited, packageIn } from './hosting/import-plugin.ts';
import { watchOver } from './hosting/watchdog.ts';

interface Given {
  readonly modules: Readonly<Record<string, string>>;
  /** Where the main thread shows that it is alive; undefined where nobody is to look. */
  readonly pulse: SharedArrayBuffer | undefined;
}

let modules: Given['modules'] = {};

export const initialize: InitializeHook<Given> = (given) => {
  modules = given.modules;
  if (given.pulse !== undefined) watchOver(given.pulse);
};

export const resolve: ResolveHook = async (specifier, context, nextResolve) => {
  const own = modules[specifier];
  if (own !== undefined) return { url: own, format: 'module', shortCircuit: true };
  const other = packageIn(specifier);
  if (other !== undefined) return nextResolve(other.use, { ...context, parentURL: other.from });
  const resolved = await nextResolve(specifier, context);
  const url = inherited(resolved.url, context.parentURL);
  // Without a package.json beside it a .ts file would count as CommonJS, which asks no hook for what it requires.
  return /\.ts(\?|$)/.test(url) ? { ...resolved, url, format: 'module' } : { ...resolved, url };
};
