import type { Plugin } from '../plugin.ts';
import type { LoadedPlugin } from '../set-up.ts';

/** Loads each plugin once, one after the other, so that the time each takes is its own. What failed is tried again. */
export function loadingInTurn(load: (use: string) => Promise<Plugin>): (use: string) => Promise<LoadedPlugin> {
  const loads = new Map<string, Promise<LoadedPlugin>>();
  let before: Promise<unknown> = Promise.resolve();
  const timed = async (use: string) => {
    const began = performance.now();
    const plugin = await load(use);
    return { plugin, milliseconds: performance.now() - began };
  };
  return (use) => {
    const begun = loads.get(use);
    if (begun !== undefined) return begun;
    const loading = before.then(() => timed(use));
    loads.set(use, loading);
    before = loading.catch(() => void loads.delete(use));
    return loading;
  };
}
