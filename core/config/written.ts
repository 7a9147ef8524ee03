import { formatDuration } from './duration.ts';
import { none } from './follow.ts';
import type { FollowEntry, PluginUse, Settings } from './settings.ts';
import { type Setting, settings as table } from './table.ts';

/**
 * Settings as a configuration file says them: read again they come to the same. What addresses of notifiers stand for
 * is among the plugins. Secrets are as they are; what only a command line can say is left out.
 */
export function written(settings: Settings, plugins: readonly PluginUse[]): Readonly<Record<string, unknown>> {
  const { engine, log, stateFolder = null, registries, follow } = settings;
  const flat: Readonly<Record<string, unknown>> = { ...settings, ...engine, stateFolder, logLevel: log.level };
  const rows = table.flatMap((row) => {
    const value = flat[row.key] ?? null;
    return value === null ? [] : [[row.key, writtenValue(row, value)] as const];
  });
  return { ...Object.fromEntries(rows), registries, follow: follow.map(followEntry), plugins };
}

function writtenValue({ kind }: Setting, value: unknown): unknown {
  return kind === 'duration' || kind === 'delay' ? formatDuration(Number(value)) : value;
}

function followEntry({ image, rule }: FollowEntry): object {
  if (rule === none) return { image, range: none };
  const { transform, ...others } = rule;
  const arrow = transform === null ? {} : { transform: `${transform.pattern} => ${transform.replacement}` };
  const said = Object.entries({ ...others, ...arrow }).filter(([, value]) => value !== null);
  return { image, ...Object.fromEntries(said) };
}
