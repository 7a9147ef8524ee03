/**
 * Runs on Node's loader thread: `belfry/plugin` and its siblings mean the running Belfry, wherever a plugin lies,
 * also where no package `belfry` can be found from its folder.
 */
import type { InitializeHook, ResolveHook } from 'node:module';

let modules: Readonly<Record<string, string>> = {};

export const initialize: InitializeHook<Readonly<Record<string, string>>> = (given) => {
  modules = given;
};

export const resolve: ResolveHook = async (specifier, context, nextResolve) => {
  const url = modules[specifier];
  if (url !== undefined) return { url, format: 'module', shortCircuit: true };
  const resolved = await nextResolve(specifier, context);
  // Without a package.json beside it a .ts file would count as CommonJS, which asks no hook for what it requires.
  return /\.ts$/.test(resolved.url) ? { ...resolved, format: 'module' } : resolved;
};
