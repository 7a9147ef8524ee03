import { services } from '../app.ts';
import { pluginsInForce } from '../config/plugins.ts';
import { formatRun, nextRuns } from '../config/schedule.ts';
import type { PluginUse } from '../config/settings.ts';
import { zoneOf } from '../config/time.ts';
import { written } from '../config/written.ts';
import { openHost } from '../host.ts';
import { configSchemaOf, replaceSecrets } from '../plugin-schema.ts';
import { withoutEngine } from '../services.ts';
import type { Instance } from '../set-up.ts';
import { type CommandRun, exitCodes, printJson } from './session.ts';

/** What the configuration comes to; plugins are set up once to have their say, and nothing else is touched. */
export const configCheck: CommandRun = async ({ args, loaded, env, parts, terminal }) => {
  const { settings, file, warnings, notes, redact } = loaded;
  const host = await openHost(pluginsInForce(settings), withoutEngine(services(parts)));
  const { instances } = host;
  await host.dispose();
  const { schedule } = settings;
  const zone = schedule === null ? '' : zoneOf(settings, env);
  const runs = schedule === null ? [] : await nextRuns(schedule, zone, { count: 3 });
  const next = runs.map((run) => run.toISOString());
  const uses = [...settings.plugins, ...settings.notifiers].map((use) => shownUse(use, instances));
  const registries = Object.entries(settings.registries).map(([host, { password, ...rest }]) => [
    host,
    password === undefined ? rest : { ...rest, password: hidden.replace() },
  ]);
  const said = { ...written(settings, uses), registries: Object.fromEntries(registries) };
  const shown = JSON.parse(redact(JSON.stringify(said))) as object;
  if (args.json) {
    printJson(terminal, { command: 'config check', file, settings: shown, warnings, notes, nextRuns: next });
    return exitCodes.fine;
  }
  terminal.print(file === null ? 'No configuration file: defaults, environment and flags.' : `Read ${file}.`);
  terminal.print(JSON.stringify(shown, null, 2));
  // Warnings are in the log already.
  if (notes.length > 0) terminal.print('Differs from Watchtower:');
  for (const note of notes) terminal.print(`- ${note}`);
  for (const run of runs) terminal.print(`Next run: ${formatRun(run, zone)} (${zone})`);
  terminal.print('The configuration is valid.');
  return exitCodes.fine;
};

function shownUse(use: PluginUse, instances: readonly Instance[]): PluginUse {
  if (use.config === undefined) return use;
  const plugin = instances.find(({ name }) => name === (use.name ?? use.use))?.plugin;
  return { ...use, config: replaceSecrets(use.config, plugin && configSchemaOf(plugin), hidden) };
}

/** Hidden also where it is short, or a plain word; by such a name whatever its plugin says of it. */
const hidden = {
  replace: () => '•••',
  isSecret: (key: string) => /^(?:url|token|password|secret|topic|headers|fields)$/.test(key),
};
