import { openReader } from '../app.ts';
import { decisionNames } from '../decisions.ts';
import type { Instance } from '../host.ts';
import { builtInNames } from '../paths.ts';
import { type CommandRun, exitCodes, printJson } from './session.ts';
import { table } from './terminal.ts';

/** The instances in force with what each takes part in, and the built-ins that are not in use. */
export const plugins: CommandRun = async ({ args, parts, terminal }) => {
  const belfry = await openReader(parts);
  try {
    const inForce = belfry.host.instances.map(describe);
    const unused = builtInNames().filter((name) => inForce.every(({ use }) => use !== name));
    if (args.json) {
      printJson(terminal, { command: 'plugins', plugins: inForce, unused });
      return exitCodes.fine;
    }
    const rows = inForce.map(({ name, use, takesPart, loadMs, summary }) => [
      name,
      use,
      takesPart.join(' '),
      `${loadMs} ms`,
      summary,
    ]);
    terminal.print(table(['NAME', 'USE', 'TAKES PART IN', 'LOADED', 'SUMMARY'], rows, terminal));
    if (unused.length > 0) terminal.print(`\nnot in use: ${unused.join(', ')}`);
    return exitCodes.fine;
  } finally {
    await belfry.close();
  }
};

function describe({ name, use, plugin, wiring, loadMs }: Instance) {
  const asked = decisionNames.filter((decision) => wiring[decision] !== undefined);
  const heard = Object.keys(wiring.on ?? {}).map((event) => `on:${event}`);
  const takesPart = [...asked, ...(wiring.deliver === undefined ? [] : ['deliver']), ...heard];
  return { name, use, summary: plugin.summary, takesPart, loadMs: Math.round(loadMs) };
}
