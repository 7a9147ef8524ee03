import type { BelfryEvent } from '../events.ts';
import type { JournalReader } from '../journal/port.ts';
import { hasArrived } from './attempt.ts';
import { createCalendar } from './calendar.ts';
import type { Instance } from './delivery.ts';
import { createOutbox } from './outbox.ts';
import { holdOf } from './pick.ts';

/** One message that is not delivered yet. */
export interface OutboxRow {
  readonly message: string;
  readonly instance: string;
  /**
   * `waiting`: it goes as soon as those before it have gone; `held`: not before `next`; `retrying`: the last attempt
   * failed; `given-up`: it is not tried again.
   */
  readonly state: 'waiting' | 'held' | 'retrying' | 'given-up';
  readonly kind: 'run' | 'event' | 'test' | 'all-quiet';
  /** Of the oldest that it tells of, ISO 8601; of one that was given up, when that was. */
  readonly time: string;
  /** The `seq` of each record it is made of. */
  readonly covers: readonly number[];
  readonly attempts: number;
  /** What its destination answered last. */
  readonly why: string | null;
  /** When it is sent or tried again at the earliest, ISO 8601; null where nothing names a time. */
  readonly next: string | null;
}

/** How one notifier is doing. */
export interface InstanceStatus {
  readonly name: string;
  readonly delivery: Instance['delivery'];
  readonly destination: string | null;
  readonly waiting: number;
  readonly held: number;
  readonly givenUp: number;
  /** Of the oldest message that is not delivered yet, ISO 8601. */
  readonly oldest: string | null;
  readonly snoozedUntil: string | null;
  /** The last message that was delivered. */
  readonly last: { readonly time: string; readonly outcome: 'sent' | 'accepted' } | null;
  /** What keeps messages from being delivered. */
  readonly failing: {
    readonly since: string;
    readonly attempts: number;
    readonly why: string;
    readonly next: string;
  } | null;
}

type Around = { readonly journal: JournalReader; readonly now: () => Date };

/** The messages of a notifier that are not delivered, those that were given up last. */
export async function outboxOf(instance: Instance, { journal, now }: Around): Promise<readonly OutboxRow[]> {
  const { name } = instance;
  const position = journal.memory.position(name) ?? (instance.backfill ? 0 : journal.last);
  const outbox = createOutbox(instance, journal.memory, position);
  for await (const record of journal.read(position)) outbox.apply(record);
  const holds = await createCalendar(instance, journal.memory, now).holds(outbox);
  const iso = (time: number) => (time > holds.now ? new Date(time).toISOString() : null);
  const outgoing = outbox.outgoing.map((one): OutboxRow => {
    const { message, kind, time, covers, attempts, why } = one;
    const held = holdOf(one, holds) > holds.now;
    const state = held ? 'held' : attempts > 0 ? 'retrying' : 'waiting';
    const next = iso(Math.max(one.next, holdOf(one, holds)));
    return { message, instance: name, state, kind, time, covers, attempts, why, next };
  });
  const waiting = outbox.waiting.map((one): OutboxRow => {
    const { message, kind, time, parts } = one;
    const held = iso(holdOf(one, holds));
    const state = held === null ? 'waiting' : 'held';
    return { message, instance: name, state, kind, time, covers: parts, attempts: 0, why: null, next: held };
  });
  const givenUp = journal.memory.givenUp().flatMap((one): readonly OutboxRow[] => {
    const { message, time, covers, attempts, why } = one;
    const row = { message, instance: name, kind: 'event', time, covers, attempts, why, next: null } as const;
    return one.instance === name ? [{ ...row, state: 'given-up' }] : [];
  });
  return [...outgoing, ...waiting, ...givenUp];
}

export async function statusOf(instances: readonly Instance[], around: Around): Promise<readonly InstanceStatus[]> {
  const last = await lastDelivered(around.journal);
  return Promise.all(
    instances.map(async (instance): Promise<InstanceStatus> => {
      const { name, delivery, destination = null } = instance;
      const rows = await outboxOf(instance, around);
      const count = (...states: readonly OutboxRow['state'][]) =>
        rows.filter(({ state }) => states.includes(state)).length;
      const open = rows.filter(({ state }) => state !== 'given-up');
      const failing = rows.find(({ state }) => state === 'retrying');
      const snoozedUntil = around.journal.memory.snoozedUntil(name) ?? '';
      return {
        ...{ name, delivery, destination, last: last.get(name) ?? null },
        ...{ waiting: count('waiting', 'retrying'), held: count('held'), givenUp: count('given-up') },
        oldest: open.map(({ time }) => time).sort()[0] ?? null,
        snoozedUntil: Date.parse(snoozedUntil) > around.now().getTime() ? snoozedUntil : null,
        failing: failing === undefined ? null : failureOf(failing),
      };
    }),
  );
}

function failureOf({ time, attempts, why, next }: OutboxRow): InstanceStatus['failing'] {
  return { since: time, attempts, why: why ?? '', next: next ?? time };
}

async function lastDelivered(journal: JournalReader) {
  const last = new Map<string, NonNullable<InstanceStatus['last']>>();
  for await (const record of journal.read(0)) {
    if (record.kind === 'delivery' && hasArrived(record)) {
      last.set(record.instance, { time: record.time, outcome: record.outcome });
    }
  }
  return last;
}

/** The events that a message tells of, as far as the journal still has them. */
export async function eventsOf({ covers }: OutboxRow, journal: JournalReader): Promise<readonly BelfryEvent[]> {
  const events: BelfryEvent[] = [];
  for await (const record of journal.read(Math.min(...covers) - 1)) {
    if (record.kind === 'event' && covers.includes(record.seq)) events.push(record.event);
    if (record.seq >= Math.max(...covers)) break;
  }
  return events;
}
