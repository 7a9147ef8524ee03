import { services } from '../app.ts';
import { pluginsInForce } from '../config/plugins.ts';
import { labelPrefixes } from '../config/table.ts';
import { decisionNames } from '../decisions.ts';
import { type Instance, openHost } from '../host.ts';
import { builtInNames } from '../paths.ts';
import { type CommandRun, exitCodes, printJson } from './session.ts';
import { table } from './terminal.ts';

/** The instances in force with what each takes part in, and the built-ins that are not in use. */
export const plugins: CommandRun = async ({ args, parts, terminal }) => {
  const host = await openHost(pluginsInForce(parts.loaded.settings), services(parts));
  try {
    const inForce = host.instances.map(describe);
    const asleep = host.asleep().map(({ use, labels = [] }) => ({ use, labels: labels.map(labelled) }));
    const known = [...inForce, ...asleep].map(({ use }) => use);
    const unused = builtInNames().filter((name) => !known.includes(name));
    if (args.json) {
      printJson(terminal, { command: 'plugins', plugins: inForce, asleep, unused });
      return exitCodes.fine;
    }
    const rows = inForce.map(({ name, use, decisions, events, loadMs, summary }) => {
      const heard = events.length === 0 ? [] : [`${events.length} events`];
      return [name, use, [...decisions, ...heard].join(', '), `${loadMs} ms`, summary];
    });
    terminal.print(table(['NAME', 'USE', 'ANSWERS OR HEARS', 'LOADED', 'SUMMARY'], rows, terminal));
    if (asleep.length > 0) {
      const lines = asleep.map(({ use, labels }) => `  ${use} (${labels.join(', ')})`);
      terminal.print(`\nin force for containers with a label of theirs, and loaded for the first of them:`);
      terminal.print(lines.join('\n'));
    }
    if (unused.length > 0) terminal.print(`\nnot in use: ${unused.join(', ')}`);
    return exitCodes.fine;
  } finally {
    await host.dispose();
  }
};

const labelled = (suffix: string) => labelPrefixes.belfry + suffix;

function describe({ name, use, plugin, wiring, loadMs }: Instance) {
  const asked = decisionNames.filter((decision) => wiring[decision] !== undefined);
  const decisions = [...asked, ...(wiring.deliver === undefined ? [] : ['deliver'])];
  const { summary } = plugin;
  return { name, use, summary, decisions, events: Object.keys(wiring.on ?? {}), loadMs: Math.round(loadMs) };
}
