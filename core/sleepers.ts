import type { PluginUse } from './config/settings.ts';
import { labelPrefixes } from './config/table.ts';
import type { Instance } from './set-up.ts';

/** Plugins that are in force, and cost nothing before a container has one of their labels. */
export interface Sleepers {
  asleep(): readonly PluginUse[];
  /** Begins to set up those that have one of these labels; what has failed before is tried again. */
  wake(labels: Readonly<Record<string, string>>): readonly Promise<Instance>[];
}

export function createSleepers(uses: readonly PluginUse[], begin: (use: PluginUse) => Promise<Instance>): Sleepers {
  const begun = new Map<PluginUse, Promise<Instance>>();
  return {
    asleep: () => uses.filter((use) => !begun.has(use)),
    wake: (labels) =>
      uses
        .filter(({ labels: own = [] }) => own.some((suffix) => labels[labelPrefixes.belfry + suffix]?.trim()))
        .map((use) => {
          const waking = begun.get(use) ?? begin(use);
          begun.set(use, waking);
          waking.catch(() => begun.delete(use));
          return waking;
        }),
  };
}
