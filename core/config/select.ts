import { containerSettings } from './container.ts';
import { matchesName } from './pattern.ts';
import type { Settings } from './settings.ts';

/** Whether Belfry watches a container, and the reason, which ends a sentence: `web: …`. */
export interface Selection {
  readonly selected: boolean;
  readonly why: string;
}

/**
 * Applies the filters in order: names, exclusions, the enable label, the scope. `names` narrows the settings' own
 * further, as arguments of one command do; empty means no narrowing.
 */
export function selects(
  container: { readonly name: string; readonly labels: Readonly<Record<string, string>> },
  settings: Settings,
  names: readonly string[] = [],
): Selection {
  const matches = (pattern: string) => matchesName(pattern, container.name);
  if (names.length > 0 && !names.some(matches)) return left('it is not among the names that were asked for');
  if (settings.names.length > 0 && !settings.names.some(matches)) return left('it is not among the watched names');
  const exclusion = settings.disableContainers.find(matches);
  if (exclusion !== undefined) return left(`${exclusion} is excluded by disableContainers`);
  const { enabled, scope } = containerSettings(container.labels, settings);
  if (!enabled) return left(settings.labelEnable ? 'no label enables it' : 'a label disables it');
  if (scope !== settings.scope) {
    return left(scope === null ? `it is outside the scope ${settings.scope}` : `it belongs to the scope ${scope}`);
  }
  return { selected: true, why: 'no filter excludes it' };
}

function left(why: string): Selection {
  return { selected: false, why };
}
