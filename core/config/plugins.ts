import type { PluginUse, Settings } from './settings.ts';

interface Standard extends Pick<PluginUse, 'use' | 'labels'> {
  readonly when?: (settings: Settings) => boolean;
  /** What settings say to it; its own entry may say otherwise. */
  readonly config?: (settings: Settings) => object;
}

/** What is in force unless configured otherwise, in this order. What has labels does nothing without one of them. */
const standard: readonly Standard[] = [
  { use: 'policy' },
  { use: 'approval', labels: ['approval'] },
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
/** What comes behind all others: with effects on containers, it waits until every gate has let an update pass. */
const last: readonly Standard[] = [
  {
    use: 'lifecycle',
    when: ({ lifecycleHooks }) => lifecycleHooks,
    config: ({ lifecycleUid: uid, lifecycleGid: gid }) => ({ uid, gid }),
  },
];
const all = [...standard, ...last];

/** The plugins that work: the default ones, each replaced or turned off by an entry that uses it, the others, and the notifiers that addresses stand for. */
export function pluginsInForce(settings: Settings): readonly PluginUse[] {
  const inForce = (rows: readonly Standard[]) =>
    rows.flatMap(({ use, when, labels }): readonly PluginUse[] => {
      const own = settings.plugins.filter((entry) => entry.use === use);
      if (own.length > 0) return own;
      if (when?.(settings) === false) return [];
      return [{ use, ...(labels === undefined ? {} : { labels }) }];
    });
  const others = settings.plugins.filter((entry) => all.every(({ use }) => use !== entry.use));
  return [...inForce(standard), ...others, ...settings.notifiers, ...inForce(last)]
    .filter((entry) => entry.enabled !== false)
    .map((entry) => withSettings(settings, entry));
}

function withSettings(settings: Settings, entry: PluginUse): PluginUse {
  const given = all.find(({ use }) => use === entry.use)?.config?.(settings);
  if (given === undefined || (entry.config !== undefined && typeof entry.config !== 'object')) return entry;
  return { ...entry, config: { ...given, ...entry.config } };
}
