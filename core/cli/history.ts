import type { BelfryEvent } from '../events.ts';
import type { JournalReader } from '../journal/port.ts';
import type { ApprovalRecord, JournalRecord } from '../journal/record.ts';
import { change, eventText, refusalText, updatedWord } from '../notifier/event-text.ts';
import { oneLine } from '../one-line.ts';
import { isEmpty, journalOf, noteOtherJournals } from './journal-of.ts';
import { type CommandRun, exitCodes, printJson, type Session } from './session.ts';
import { table } from './terminal.ts';

const shown = 50;
const followEvery = 1_000;

/** What became of updates, newest last. */
export const history: CommandRun = async (session) => {
  const { args, parts, terminal } = session;
  const [name] = args.positionals;
  const entries: Entry[] = [];
  const limit = args.options.limit ?? shown;
  for await (const record of (await journalOf(parts))?.read(0) ?? []) {
    const entry = entryOf(record);
    if (entry === undefined || (name !== undefined && entry.workload?.name !== name)) continue;
    entries.push(entry);
    if (entries.length > limit) entries.shift();
  }
  if (entries.length === 0) await noteOtherJournals(session);
  if (args.json) printJson(terminal, { command: 'history', entries });
  else if (entries.length === 0)
    terminal.print(`nothing${name === undefined ? '' : ` called ${oneLine(name)}`} has been updated yet`);
  else terminal.print(table(['TIME', 'NAME', 'WHAT', 'VERSION', 'WHY'], entries.map(rowOf), terminal));
  return exitCodes.fine;
};

/** What happened to a container, or what somebody said of a newer image of it. */
type Entry = BelfryEvent | Word;
interface Word extends Pick<ApprovalRecord, 'time' | 'workload' | 'from' | 'to'> {
  readonly type: ApprovalRecord['verdict'];
}

function entryOf(record: JournalRecord): Entry | undefined {
  if (record.kind === 'event') return isHistory(record.event) ? record.event : undefined;
  if (record.kind !== 'approval') return undefined;
  const { time, workload, from, to, verdict } = record;
  return { type: verdict, time, workload, from, to };
}

/** Every event there is, one line each. */
export const eventLog: CommandRun = async (session) => {
  const { args, parts } = session;
  const { since, follow } = args.options;
  let reader = await journalOf(parts);
  if (isEmpty(reader)) await noteOtherJournals(session);
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

async function* numbered(reader: JournalReader | undefined, after: number) {
  if (reader === undefined) return;
  for await (const record of reader.read(after)) {
    if (record.kind === 'event') yield { seq: record.seq, event: record.event };
  }
}

function isHistory(event: BelfryEvent): boolean {
  if (event.type === 'failed') return event.workload !== null;
  return ['found', 'recreated', 'restarted', 'recovered', 'cleaned', 'skipped'].includes(event.type);
}

function rowOf(event: Entry): readonly string[] {
  const versions = 'from' in event && event.from && event.to ? change(event.from, event.to) : '';
  const why =
    event.type === 'failed'
      ? `${event.problem.message} (${event.problem.code})`
      : event.type === 'skipped'
        ? refusalText(event)
        : '';
  const what = event.type === 'failed' ? event.outcome : event.type === 'recreated' ? updatedWord(event) : event.type;
  return [event.time.slice(0, 19).replace('T', ' '), event.workload?.name ?? '', what, versions, why];
}
