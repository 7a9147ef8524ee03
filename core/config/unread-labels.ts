import { nearest } from './nearest.ts';
import { pluginLabels } from './plugin-labels.ts';
import { type Label, labelPrefixes, labels as table } from './table.ts';

/** Labels that change no setting. */
export const otherLabels: readonly Omit<Label, 'kind'>[] = [
  { suffix: 'depends-on', summary: 'Names of containers, after whose update it is restarted.' },
  { suffix: 'notify', own: true, summary: 'For notifiers to select by; its value is yours.' },
];
/** Those that Belfry and Watchtower write themselves. */
const written = ['container-chain', 'ephemeral-orchestrator', 'helper', 'helper-image'];

export interface Unread {
  /** Labels that ask for restraint which Belfry cannot keep, a sentence each: the container is left alone. */
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/** What is to be said of a container's labels that nothing reads; `inForce` are the suffixes that plugins read. */
export function unreadLabels(
  labels: Readonly<Record<string, string>>,
  inForce: readonly string[] = [],
  builtIn = pluginLabels,
): Unread {
  const problems: string[] = [];
  const warnings: string[] = [];
  for (const [name, value] of Object.entries(labels)) {
    const prefix = Object.values(labelPrefixes).find((one) => name.startsWith(one));
    if (prefix === undefined) continue;
    const suffix = name.slice(prefix.length);
    const mayBePlugins = prefix === labelPrefixes.belfry || isWatchtowers(suffix);
    if (mayBePlugins && inForce.includes(suffix)) continue;
    const row = mayBePlugins ? builtIn.find(({ suffixes }) => suffixes.includes(suffix)) : undefined;
    if (row !== undefined) {
      const told = `The label ${name}=${value} is for the plugin ${row.plugin}, which is not in force.`;
      if (!row.restrains) warnings.push(told);
      else if (asksForSomething(value)) problems.push(told);
    } else if (suffix.startsWith('lifecycle.host-')) {
      warnings.push(
        `The label ${name} is not obeyed: what runs beside Belfry is told to its plugin scripts, by no label.`,
      );
    } else if (!own.includes(suffix)) {
      const offered = [...inForce, ...builtIn.flatMap(({ suffixes }) => suffixes)];
      const meant = nearest(suffix, [...own, ...offered]);
      const under = meant === undefined || own.includes(meant) || isWatchtowers(meant) ? prefix : labelPrefixes.belfry;
      const hint = meant === undefined ? '' : ` Did you mean ${under}${meant}?`;
      warnings.push(`The label ${name} is not one Belfry knows.${hint}`);
    }
  }
  return { problems, warnings };
}

/** Whether Watchtower has the label as well, of those that plugins read. */
export function isWatchtowers(suffix: string): boolean {
  return suffix === 'cooldown-delay' || suffix.startsWith('lifecycle.');
}

const own: readonly string[] = [...[...table, ...otherLabels].map(({ suffix }) => suffix), ...written];

function asksForSomething(value: string): boolean {
  return !['', '0', '0s', 'false', 'none'].includes(value.trim());
}
