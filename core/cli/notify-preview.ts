import { writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { hostNameOf, notifiersOf, type Parts, services } from '../app.ts';
import { randomId } from '../bus.ts';
import { pluginsInForce } from '../config/plugins.ts';
import { compose, composeTest } from '../delivery/compose.ts';
import { recipientOf } from '../delivery/recipient.ts';
import { AppError } from '../errors/app-error.ts';
import type { Finished } from '../events.ts';
import { type Host, openHost } from '../host.ts';
import type { JournalReader } from '../journal/port.ts';
import { oneLine } from '../one-line.ts';
import type { Message } from '../plugin.ts';
import { page } from '../preview/page.ts';
import { placeholders } from '../preview/placeholders.ts';
import { preview as previewOf, type Shown } from '../preview/previews.ts';
import { withoutEngine } from '../services.ts';
import type { Instance } from '../set-up.ts';
import { journalOf, noteOtherJournals } from './journal-of.ts';
import { notifierNamed } from './notifier-named.ts';
import { type CommandRun, exitCodes, type Session } from './session.ts';
import type { Colour, Terminal } from './terminal.ts';

/** Shows what notifiers would send, and sends nothing. */
export const preview: CommandRun = async (session) => {
  const { args, terminal, loaded } = session;
  const { output } = args.options;
  const host = await openNotifiers(session);
  try {
    const messageFor = await source(session);
    const shown: Shown[] = [];
    for (const instance of chosen(host, args.positionals[0])) {
      const message = messageFor(instance);
      if (message === undefined) terminal.note(`${instance.name} is told nothing of that, by its own settings`);
      else shown.push(await previewOf(instance, message, loaded.redact));
    }
    const text = rendered(shown, session);
    if (output === null) terminal.print(text);
    else {
      await writeFile(output, `${text}\n`);
      terminal.note(`written to ${output}`);
    }
    return shown.some(({ problem }) => problem !== null) ? exitCodes.failed : exitCodes.fine;
  } finally {
    await host.dispose();
  }
};

/** The configured ones; where there are none, or all are asked for, every built-in one. */
async function openNotifiers({ args, parts, terminal }: Session): Promise<Host> {
  if (!args.options.all) {
    const host = await openHost(pluginsInForce(parts.loaded.settings), withoutEngine(services(parts)));
    if (notifiersOf(host).length > 0) return host;
    await host.dispose();
    terminal.note('no notifier is configured: these are the built-in ones, with made-up addresses');
  }
  return openHost(placeholders, services(parts));
}

function chosen(host: Host, name: string | undefined): readonly Instance[] {
  const all = notifiersOf(host);
  if (name === undefined) return all;
  const known = notifierNamed(all, name);
  return all.filter((one) => one.name === known);
}

type MessageFor = (instance: Instance) => Message | undefined;

async function source(session: Session): Promise<MessageFor> {
  const { args, parts } = session;
  const { sample, lastRun } = args.options;
  const [id, now] = [randomId('msg'), new Date()];
  if (!lastRun) {
    const message = composeTest(sample, { id, now, host: await hostOf(parts) });
    return () => message;
  }
  const journal = await journalOf(parts);
  const finished = await lastCycle(journal);
  if (journal === undefined || finished === undefined) {
    await noteOtherJournals(session);
    throw new AppError('CYCLE_UNKNOWN', 'nothing has run here yet');
  }
  const options = { redact: parts.loaded.redact, host: finished.host, timeZone: () => 'UTC' };
  return (instance) => {
    const recipient = recipientOf(instance, { ...options, deliver: async () => ({ outcome: 'sent' }) });
    return compose(recipient, { id, events: [finished], memory: journal.memory, now, deliveryProblems: [] })?.message;
  };
}

/** A sample needs no engine. */
const hostOf = (parts: Parts) => hostNameOf(parts).catch(() => hostname());

async function lastCycle(journal: JournalReader | undefined): Promise<Finished | undefined> {
  let last: Finished | undefined;
  for await (const record of journal?.read(0) ?? []) {
    if (record.kind === 'event' && record.event.type === 'finished') last = record.event;
  }
  return last;
}

function rendered(shown: readonly Shown[], { args, terminal }: Session): string {
  const { to } = args.options;
  if (args.json || to === 'json') {
    const value = { schema: 1, command: 'notify preview', previews: shown };
    return JSON.stringify(value, null, args.json ? 0 : 2);
  }
  return to === 'html' ? page(shown) : shown.map((one) => inColour(one, terminal)).join('\n\n');
}

const colours: Readonly<Record<Shown['severity'], Colour>> = {
  error: 'red',
  warning: 'yellow',
  notice: 'green',
  info: 'cyan',
};

function inColour({ instance, severity, text, problem }: Shown, { style }: Terminal): string {
  const [title = '', ...lines] = text.split('\n').map(oneLine);
  const note = problem === null ? [] : [style('red', oneLine(problem.message))];
  return [style('dim', `── ${instance}`), ...note, style('bold', style(colours[severity], title)), ...lines].join('\n');
}
