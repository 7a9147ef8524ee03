/** The labels that a built-in plugin reads, for containers that bear them while it is not in force. */
export interface PluginLabels {
  readonly plugin: string;
  /** Whether they ask to hold updates back: without the plugin their container is left alone, not updated sooner. */
  readonly restrains: boolean;
  /** The keys of the plugin's own `labels`. */
  readonly suffixes: readonly string[];
}

/** One row for each built-in plugin that has `labels`. */
export const pluginLabels: readonly PluginLabels[] = [
  { plugin: 'health-http', restrains: false, suffixes: ['health.http', 'health.timeout'] },
  { plugin: 'health-tcp', restrains: false, suffixes: ['health.tcp', 'health.timeout'] },
  { plugin: 'health-exec', restrains: false, suffixes: ['health.exec', 'health.timeout'] },
  { plugin: 'health-log', restrains: false, suffixes: ['health.log', 'health.log-not', 'health.timeout'] },
  { plugin: 'cooldown', restrains: true, suffixes: ['cooldown-delay'] },
  { plugin: 'policy', restrains: true, suffixes: ['policy'] },
  {
    plugin: 'lifecycle',
    restrains: false,
    suffixes: [
      ...['lifecycle.pre-check', 'lifecycle.pre-check-timeout', 'lifecycle.post-check', 'lifecycle.post-check-timeout'],
      ...['lifecycle.pre-update', 'lifecycle.pre-update-timeout'],
      ...['lifecycle.post-update', 'lifecycle.post-update-timeout'],
      ...['lifecycle.uid', 'lifecycle.gid'],
    ],
  },
  { plugin: 'approval', restrains: true, suffixes: ['approval'] },
  { plugin: 'maintenance-window', restrains: true, suffixes: ['maintenance-window'] },
];
