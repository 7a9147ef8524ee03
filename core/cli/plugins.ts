import { stat } from 'node:fs/promises';
import { findRunning, type Parts, services } from '../app.ts';
import { pluginsInForce } from '../config/plugins.ts';
import { ask } from '../control/ask.ts';
import { AppError, hasCode } from '../errors/app-error.ts';
import { openHost } from '../host.ts';
import { builtInNames } from '../paths.ts';
import { noteOtherJournals } from './journal-of.ts';
import { describeHost, type InForce, type Listed, type Running } from './plugin-list.ts';
import { matrix, stateTable, summaryTable } from './plugin-tables.ts';
import { type CommandRun, exitCodes, printJson } from './session.ts';
import type { Terminal } from './terminal.ts';

/** How long a Belfry that is at work may take to say how its plugins fare. */
const patience = 10_000;

/** The instances in force with what each takes part in and how it fares, and the built-ins that are not in use. */
export const plugins: CommandRun = async ({ args, parts, terminal }) => {
  const running = await askRunning(parts);
  const { plugins: listed, asleep } = running ?? (await setUpOnce(parts));
  const known = [...listed, ...asleep].map(({ use }) => use);
  const unused = builtInNames().filter((name) => !known.includes(name));
  const outdated = running !== undefined && (await isOutdated(running));
  if (args.json) {
    const since = running?.since ?? null;
    printJson(terminal, {
      command: 'plugins',
      running: running !== undefined,
      since,
      outdated,
      plugins: listed,
      asleep,
      unused,
    });
    return exitCodes.fine;
  }
  print(listed, terminal);
  if (asleep.length > 0) {
    const lines = asleep.map(({ use, labels }) => `  ${use} (${labels.join(', ')})`);
    terminal.print('\nloaded for the first container with one of these labels:');
    terminal.print(lines.join('\n'));
  }
  if (unused.length > 0) terminal.print(`\nnot in use: ${unused.join(', ')}`);
  if (outdated) {
    terminal.print(`\n${running.file} has changed since; \`belfry plugins reload\` puts it in force`);
  }
  return exitCodes.fine;
};

/** Has the Belfry that is at work read its whole configuration anew. */
export const reload: CommandRun = async ({ args, parts, terminal }) => {
  const folder = await findRunning(parts);
  if (folder === undefined) {
    await noteOtherJournals({ parts, terminal });
    throw new AppError('NOT_RUNNING', 'no Belfry is at work on this engine and scope');
  }
  terminal.note('the running Belfry reads its configuration anew, as soon as it has finished what is in hand');
  const { file, plugins, warnings } = (await ask(folder, { schema: 1, command: 'reload' })) as Reloaded;
  if (args.json) printJson(terminal, { command: 'plugins reload', file, plugins, warnings });
  else terminal.print(`${file ?? 'the configuration'} is in force, with the plugins ${plugins.join(', ')}`);
  for (const warning of args.json ? [] : warnings) terminal.note(warning);
  return exitCodes.fine;
};

/** What a reload came to. */
export interface Reloaded {
  readonly file: string | null;
  /** The names of the instances. */
  readonly plugins: readonly string[];
  readonly warnings: readonly string[];
}

/** Undefined where none is at work, or it is out of reach: then the plugins can still be shown. */
async function askRunning(parts: Parts): Promise<Running | undefined> {
  try {
    const folder = await findRunning(parts);
    if (folder === undefined) return undefined;
    return (await ask(folder, { schema: 1, command: 'plugins' }, undefined, patience)) as Running;
  } catch (error) {
    if (hasCode(error, 'CONTROL_FAILED', 'CONTROL_REQUEST_INVALID')) {
      parts.log.warn(`a Belfry is at work and does not say how its plugins fare: ${error.message}`);
    }
    return undefined;
  }
}

async function setUpOnce(parts: Parts): Promise<InForce> {
  const host = await openHost(pluginsInForce(parts.loaded.settings), services(parts));
  await host.dispose();
  return describeHost(host);
}

async function isOutdated({ file, since }: Running): Promise<boolean> {
  if (file === null) return false;
  const changed = await stat(file).catch(() => undefined);
  return changed !== undefined && changed.mtime.toISOString() > since;
}

function print(listed: readonly Listed[], terminal: Terminal): void {
  terminal.print(summaryTable(listed, terminal));
  terminal.print(`\n${matrix(listed, terminal)}`);
  const states = stateTable(listed, terminal);
  if (states !== '') terminal.print(`\n${states}`);
}
