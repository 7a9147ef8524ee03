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
  { plugin: 'maintenance-window', restrains: true, suffixes: ['maintenance-window'] },
];
