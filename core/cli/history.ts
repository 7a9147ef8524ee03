import type { Parts } from '../app.ts';
import type { BelfryEvent } from '../events.ts';
import type { JournalReader } from '../journal/port.ts';
import { readJournal } from '../journal/read-journal.ts';
import { findStateFolder } from '../journal/state-folder.ts';
import { change, eventText, refusalText } from '../notifier/event-text.ts';
import { type CommandRun, exitCodes, printJson, type Session } from './session.ts';
import { table } from './terminal.ts';

const shown = 50;
const followEvery = 1_000;

/** What became of updates, newest last. */
export const history: CommandRun = async ({ args, parts, terminal }) => {
  const [name] = args.positionals;
  const entries: BelfryEvent[] = [];
  const limit = args.options.limit ?? shown;
  for await (const event of events(await journalOf(parts))) {
    if (!isHistory(event) || (name !== undefined && event.workload?.name !== name)) continue;
    entries.push(event);
    if (entries.length > limit) entries.shift();
  }
  if (args.json) printJson(terminal, { command: 'history', entries });
  else if (entries.length === 0) terminal.print('nothing has been updated yet');
  else terminal.print(table(['TIME', 'NAME', 'WHAT', 'VERSION', 'WHY'], entries.map(rowOf), terminal));
  return exitCodes.fine;
};

/** Every event there is, one line each. */
export const eventLog: CommandRun = async (session) => {
  const { args, parts } = session;
  const { since, follow } = args.options;
  let reader = await journalOf(parts);
  let last = 0;
  for (;;) {
    for await (const { seq, event } of numbered(reader, last)) {
      last = seq;
      if (since === null || Date.parse(event.time) >= since.getTime()) print(session, event);
    }
    if (!follow || session.signal.aborted) return exitCodes.fine;
    await new Promise((resolve) => setTimeout(resolve, followEvery));
    reader ??= await journalOf(parts);
  }
};

function print({ args, terminal }: Session, event: BelfryEvent): void {
  if (args.json) printJson(terminal, { event });
  else terminal.print(`${terminal.style('dim', event.time)}  ${event.type.padEnd(9)}  ${eventText(event)}`);
}

/** The journal of the engine and scope in question, only to be read. */
export async function journalOf({ engine, env, loaded }: Parts): Promise<JournalReader | undefined> {
  const { id } = await engine.info();
  const { stateFolder, scope } = loaded.settings;
  const folder = await findStateFolder({ explicit: stateFolder, env, engineId: id, scope });
  return folder === undefined ? undefined : readJournal(folder);
}

async function* numbered(reader: JournalReader | undefined, after: number) {
  if (reader === undefined) return;
  for await (const record of reader.read(after)) {
    if (record.kind === 'event') yield { seq: record.seq, event: record.event };
  }
}

async function* events(reader: JournalReader | undefined) {
  for await (const { event } of numbered(reader, 0)) yield event;
}

function isHistory(event: BelfryEvent): boolean {
  if (event.type === 'failed') return event.workload !== null;
  return ['found', 'recreated', 'restarted', 'recovered', 'cleaned', 'skipped'].includes(event.type);
}

function rowOf(event: BelfryEvent): readonly string[] {
  const versions = 'from' in event && event.from && event.to ? change(event.from, event.to) : '';
  const why =
    event.type === 'failed'
      ? `${event.problem.message} (${event.problem.code})`
      : event.type === 'skipped'
        ? refusalText(event)
        : '';
  const what = event.type === 'failed' ? event.outcome : event.type === 'recreated' ? 'updated' : event.type;
  return [event.time.slice(0, 19).replace('T', ' '), event.workload?.name ?? '', what, versions, why];
}
