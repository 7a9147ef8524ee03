import { configSchemaText } from '../config/json-schema.ts';
import { builtInNames } from '../paths.ts';
import { describePlugins } from '../plugin-schema.ts';
import { type CommandRun, exitCodes } from './session.ts';

/** The schema of the file with every built-in plugin and those that the file names; the others' faults go to stderr. */
export const configSchema: CommandRun = async ({ loaded, terminal }) => {
  const { plugins: entries, folder } = loaded.settings;
  const uses = new Set([...builtInNames(), ...entries.map(({ use }) => use)]);
  const { plugins, problems } = await describePlugins([...uses], folder);
  terminal.print(configSchemaText(plugins).trimEnd());
  for (const { code, message } of problems) terminal.note(`${terminal.style('red', code)}  ${message}`);
  return problems.length === 0 ? exitCodes.fine : exitCodes.configuration;
};
