/**
 * Runs on Node's loader thread: `belfry/plugin` and its siblings mean the running Belfry, wherever a plugin lies,
 * also where no package `belfry` can be found from its folder.
 */
import type { InitializeHook, ResolveHook } from 'node:module';

let modules: Readonly<Record<string, string>> = {};

export const initialize: InitializeHook<Readonly<Record<string, string>>> = (given) => {
  modules = given;
};

export const resolve: ResolveHook = (specifier, context, nextResolve) => {
  const url = modules[specifier];
  return url === undefined ? nextResolve(specifier, context) : { url, shortCircuit: true };
};
