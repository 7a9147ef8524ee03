import { pluginLabels } from './config/plugin-labels.ts';
import type { Host } from './host.ts';

/** The suffixes of all labels that the plugins in force read; those of plugins that are asleep stand in the table. */
export function labelsRead({ instances, asleep }: Pick<Host, 'instances' | 'asleep'>): readonly string[] {
  const sleeping = asleep().map(({ use }) => use);
  const rows = pluginLabels.filter(({ plugin }) => sleeping.includes(plugin));
  return [
    ...instances.flatMap(({ plugin }) => Object.keys(plugin.labels ?? {})),
    ...rows.flatMap((row) => row.suffixes),
  ];
}
