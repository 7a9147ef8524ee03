import { createHash } from 'node:crypto';
import type { BelfryEvent, EventType } from '../events.ts';
import type { JournalRecord } from '../journal/record.ts';
import { eventReport } from '../notifier/build-report.ts';
import type { Message } from '../plugin.ts';

/** What an instance wants to be told. */
export interface Selection {
  readonly name: string;
  /** `run`: one report a cycle; `immediate`: every event by itself, at once. */
  readonly delivery: 'run' | 'immediate';
  /** The events that are worth a message; in `run`, a report is worth one when it tells of any of them. */
  readonly events?: readonly EventType[] | undefined;
}

export interface Offer {
  /** The same for every attempt, also across restarts. */
  readonly id: string;
  readonly message: Message;
  readonly event: BelfryEvent;
}

/** The message that an instance is owed for a record; undefined for none. */
export function offerOf(record: JournalRecord, instance: Selection): Offer | undefined {
  if (record.kind !== 'event' || isAboutDelivery(record.event)) return undefined;
  const { event } = record;
  const wanted = instance.delivery === 'run' ? worthInRun(event, instance) : worthAtOnce(event, instance);
  if (!wanted) return undefined;
  const id = messageId(instance.name, event.id);
  return { id, message: messageOf(event, id), event };
}

function messageOf(event: BelfryEvent, id: string): Message {
  const report = eventReport(event, { id, now: new Date(event.time) });
  return { kind: report.kind, report, event };
}

const immediateEvents: readonly EventType[] = [
  'found',
  'skipped',
  'recreated',
  'restarted',
  'failed',
  'cleaned',
  'recovered',
];

function worthAtOnce(event: BelfryEvent, { events }: Selection): boolean {
  return events?.includes(event.type) ?? (immediateEvents.includes(event.type) && !isUsual(event));
}

/** Skipped with nothing newer in sight: how pinned and local images are in every cycle, and so no news by itself. */
const isUsual = (event: BelfryEvent): boolean => event.type === 'skipped' && event.to === null;

function worthInRun(event: BelfryEvent, { events }: Selection): boolean {
  if (event.type === 'finished') {
    return event.items.some(({ state }) => events?.includes(told[state]) ?? state !== 'skipped');
  }
  // A failure that ends no workload's part stands in no report.
  return event.type === 'failed' && event.ending === undefined && (events?.includes('failed') ?? true);
}

/** The event a report's line tells of. */
const told = {
  failed: 'failed',
  recreated: 'recreated',
  restarted: 'restarted',
  available: 'found',
  skipped: 'skipped',
} as const;

// A message about a message that failed could fail in turn, and so on for ever.
const isAboutDelivery = (event: BelfryEvent) =>
  event.type === 'delivered' || (event.type === 'failed' && event.problem.code === 'DELIVERY_GIVEN_UP');

const messageId = (instance: string, event: string) =>
  `msg_${createHash('sha256').update(`${instance}\n${event}`).digest('hex').slice(0, 24)}`;
