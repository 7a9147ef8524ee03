import type { PluginUse, Settings } from './settings.ts';

interface Standard extends Pick<PluginUse, 'use' | 'labels'> {
  readonly when?: (settings: Settings) => boolean;
}

/** What is in force unless configured otherwise, in this order. What has labels does nothing without one of them. */
const standard: readonly Standard[] = [
  { use: 'policy' },
  { use: 'cooldown' },
  { use: 'maintenance-window', labels: ['maintenance-window'] },
  { use: 'health-docker' },
  { use: 'stability' },
  { use: 'health-http', labels: ['health.http'] },
  { use: 'health-tcp', labels: ['health.tcp'] },
  { use: 'health-exec', labels: ['health.exec'] },
  { use: 'health-log', labels: ['health.log', 'health.log-not'] },
  { use: 'console' },
  { use: 'cleanup-replaced', when: ({ cleanup }) => cleanup },
];

/** The plugins that work: the default ones, each replaced or turned off by an entry that uses it, then the others. */
export function pluginsInForce(settings: Settings): readonly PluginUse[] {
  const defaults = standard
    .filter(({ when }) => when?.(settings) ?? true)
    .map(({ use, labels }): PluginUse => ({ use, ...(labels === undefined ? {} : { labels }) }));
  const replaced = defaults.flatMap((standard) => {
    const own = settings.plugins.filter((entry) => entry.use === standard.use);
    return own.length === 0 ? [standard] : own;
  });
  const others = settings.plugins.filter((entry) => defaults.every((standard) => standard.use !== entry.use));
  return [...replaced, ...others].filter((entry) => entry.enabled !== false);
}
