import type { PluginUse, Settings } from './settings.ts';

/** What is in force unless configured otherwise, in this order. */
const standard: readonly { readonly use: string; readonly when?: (settings: Settings) => boolean }[] = [
  { use: 'cooldown' },
  { use: 'health-docker' },
  { use: 'stability' },
  { use: 'console' },
  { use: 'cleanup-replaced', when: ({ cleanup }) => cleanup },
];

/** The plugins that work: the default ones, each replaced or turned off by an entry that uses it, then the others. */
export function pluginsInForce(settings: Settings): readonly PluginUse[] {
  const defaults = standard.filter(({ when }) => when?.(settings) ?? true).map(({ use }): PluginUse => ({ use }));
  const replaced = defaults.flatMap((standard) => {
    const own = settings.plugins.filter((entry) => entry.use === standard.use);
    return own.length === 0 ? [standard] : own;
  });
  const others = settings.plugins.filter((entry) => defaults.every((standard) => standard.use !== entry.use));
  return [...replaced, ...others].filter((entry) => entry.enabled !== false);
}
