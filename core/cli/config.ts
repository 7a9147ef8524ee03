import { services } from '../app.ts';
import { pluginsInForce } from '../config/plugins.ts';
import { formatRun, nextRuns } from '../config/schedule.ts';
import type { PluginUse } from '../config/settings.ts';
import { zoneOf } from '../config/time.ts';
import { written } from '../config/written.ts';
import { engineAddress } from '../engine/docker/address.ts';
import { openHost } from '../host.ts';
import { configSchemaOf, replaceSecrets } from '../plugin-schema.ts';
import { withoutEngine } from '../services.ts';
import type { Instance } from '../set-up.ts';
import { type CommandRun, exitCodes, printJson } from './session.ts';

/** What the configuration comes to; plugins are set up once to have their say, and the engine’s address is only read. */
export const configCheck: CommandRun = async ({ args, loaded, env, parts, terminal }) => {
  const { settings, file, warnings, notes, redact } = loaded;
  engineAddress(settings.engine);
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
    password === undefined ? rest : { ...rest, password: masked(password) },
  ]);
  const said = { ...written(settings, uses), registries: Object.fromEntries(registries) };
  const shown = JSON.parse(redact(JSON.stringify(said))) as object;
  if (args.json) {
    printJson(terminal, { command: 'config check', file, settings: shown, warnings, notes, nextRuns: next });
    return exitCodes.fine;
  }
  // What is printed is a file by itself. Warnings are in the log already.
  terminal.note(file === null ? 'No configuration file: defaults, environment and flags.' : `Read ${file}.`);
  terminal.print(JSON.stringify(shown, null, 2));
  if (notes.length > 0) terminal.note('Differs from Watchtower:');
  for (const note of notes) terminal.note(`- ${note}`);
  for (const run of runs) terminal.note(`Next run: ${formatRun(run, zone)} (${zone})`);
  terminal.note('The configuration is valid.');
  return exitCodes.fine;
};

function shownUse(use: PluginUse, instances: readonly Instance[]): PluginUse {
  if (use.config === undefined) return use;
  const plugin = instances.find(({ name }) => name === (use.name ?? use.use))?.plugin;
  return { ...use, config: replaceSecrets(use.config, plugin && configSchemaOf(plugin), hidden) };
}

/** Hidden also where it is short, or a plain word; by such a name whatever its plugin says of it. */
const hidden = {
  replace: masked,
  isSecret: (key: string) => /^(?:url|token|password|secret|topic|headers|fields)$/.test(key),
};

/** Whatever is no secret by itself stays, so that the shape is one that may stand in a file. */
function masked(secret: unknown): unknown {
  if (secret === null || typeof secret === 'boolean') return secret;
  if (Array.isArray(secret)) return secret.map(masked);
  if (typeof secret !== 'object') return '•••';
  return Object.fromEntries(Object.entries(secret).map(([key, value]) => [key, masked(value)]));
}
