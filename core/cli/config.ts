import { services } from '../app.ts';
import { pluginsInForce } from '../config/plugins.ts';
import { formatRun, nextRuns } from '../config/schedule.ts';
import { zoneOf } from '../config/time.ts';
import { openHost } from '../host.ts';
import { type CommandRun, exitCodes, printJson } from './session.ts';

/** What the configuration comes to; plugins are set up once to have their say, and nothing else is touched. */
export const configCheck: CommandRun = async ({ args, loaded, env, parts, terminal }) => {
  const { settings, file, warnings, notes, redact } = loaded;
  const host = await openHost(pluginsInForce(settings), services(parts));
  await host.dispose();
  const { schedule } = settings;
  const zone = schedule === null ? '' : zoneOf(settings, env);
  const runs = schedule === null ? [] : await nextRuns(schedule, zone, { count: 3 });
  const next = runs.map((run) => run.toISOString());
  const notifiers = settings.notifiers.map(({ config, ...rest }) => ({ ...rest, config: hidden(config) }));
  const shown = JSON.parse(redact(JSON.stringify({ ...settings, notifiers }))) as object;
  if (args.json) {
    printJson(terminal, { command: 'config check', file, settings: shown, warnings, notes, nextRuns: next });
    return exitCodes.fine;
  }
  terminal.print(file === null ? 'No configuration file: defaults, environment and flags.' : `Read ${file}.`);
  terminal.print(JSON.stringify(shown, null, 2));
  for (const line of [...warnings, ...notes]) terminal.print(line);
  for (const run of runs) terminal.print(`Next run: ${formatRun(run, zone)} (${zone})`);
  terminal.print('The configuration is valid.');
  return exitCodes.fine;
};

/** Addresses are taken apart into these; each is hidden also where it is too short, or too plain a word, to be so elsewhere. */
const secretKeys = /^(?:url|token|password|topic|headers|fields)$/;

const hidden = (config: unknown): unknown =>
  JSON.parse(JSON.stringify(config, (key, value: unknown) => (secretKeys.test(key) ? '•••' : value)));
