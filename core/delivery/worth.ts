import type { BelfryEvent, EventType, ReportItem } from '../events.ts';

/** What an instance wants to be told. */
export interface Selection {
  readonly name: string;
  /**
   * `run`: one report a cycle; `immediate`: every event by itself, at once; `digest`: one report of all cycles since,
   * by a schedule, and failures at once.
   */
  readonly delivery: 'run' | 'immediate' | 'digest';
  /** The events that are worth a message; a report is worth one when it tells of any of them. */
  readonly events?: readonly EventType[] | undefined;
  /** How long a container may not have been checked before that is told, in milliseconds; at once unless given. */
  readonly unknownAfter?: number | undefined;
}

/** Whether an event may be worth a message; what it says is looked at when the message is put together. */
export function worthOf(event: BelfryEvent, instance: Selection): boolean {
  if (isAboutDelivery(event)) return false;
  if (instance.delivery === 'immediate') return worthAtOnce(event, instance);
  if (event.type === 'finished') return event.items.length > 0;
  if (event.type !== 'failed' || instance.events?.includes('failed') === false) return false;
  // In a run, a failure that ends a workload's part stands in the report that follows.
  return instance.delivery === 'digest' || event.ending === undefined;
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

// A message about a message that failed could fail in turn, and so on for ever.
const isAboutDelivery = (event: BelfryEvent) =>
  event.type === 'delivered' || (event.type === 'failed' && event.problem.code === 'DELIVERY_GIVEN_UP');

/** What a message about an event tells of: a cycle's end tells of what happened in it. */
export const typesIn = (event: BelfryEvent): readonly EventType[] =>
  event.type === 'finished' ? [...new Set(event.items.map(({ state }) => told[state]))] : [event.type];

const told = {
  failed: 'failed',
  recreated: 'recreated',
  restarted: 'restarted',
  available: 'found',
  skipped: 'skipped',
} as const satisfies Record<ReportItem['state'], EventType>;

/** Whether an event shows that a container which had failed runs as it should. */
export function isGood(event: BelfryEvent): boolean {
  if (event.type === 'checked') return event.upToDate;
  if (event.type === 'recovered') return event.outcome !== 'down';
  return event.type === 'recreated' || event.type === 'restarted';
}
