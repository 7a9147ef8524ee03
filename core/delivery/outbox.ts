import { createHash } from 'node:crypto';
import type { BelfryEvent, EventType, Finished } from '../events.ts';
import { type TroubleKind, troubleKinds, troublesIn } from '../journal/fold/told.ts';
import type { Memory } from '../journal/port.ts';
import type { JournalEntry, JournalRecord } from '../journal/record.ts';
import { hasArrived } from './attempt.ts';
import { hushed } from './unchecked.ts';
import { isGood, type Selection, typesIn, worthOf } from './worth.ts';

/** Something to tell that no message has been made of yet. */
export interface Waiting {
  readonly seq: number;
  /** The `seq` of all records it is made of, oldest first, `seq` last. */
  readonly parts: readonly number[];
  /** The message's id, should it become one by itself: the same at every start. */
  readonly message: string;
  /** When it happened, ISO 8601. */
  readonly time: string;
  readonly kind: 'run' | 'event' | 'test' | 'all-quiet';
  /** A failure, told at once and by itself; or nothing that others could be put together with. */
  readonly urgent: boolean;
  /** What it tells of. */
  readonly types: readonly EventType[];
  /** Someone asked for it to be sent now, whatever would hold it. */
  readonly released: boolean;
}

/** A message that has been put together; what it is made of stays. */
export interface Outgoing {
  readonly message: string;
  readonly covers: readonly number[];
  readonly kind: Waiting['kind'];
  readonly urgent: boolean;
  readonly types: readonly EventType[];
  readonly released: boolean;
  /** When it was put together, ISO 8601. */
  readonly time: string;
  readonly attempts: number;
  /** When it was tried last, in milliseconds since 1970; 0 for never. */
  readonly tried: number;
  readonly why: string | null;
  /** Not tried again before, in milliseconds since 1970. */
  readonly next: number;
  /** The destination has named that moment. */
  readonly asked: boolean;
  /** Since when the destination refuses it for good, as it says; ISO 8601. */
  readonly refusedSince: string | null;
  /** It was tried again once the destination had taken another one. */
  readonly hurried: boolean;
  /** Given up after this, ISO 8601. */
  readonly until: string;
  /** The first record that is needed to know of it. */
  readonly anchor: number;
}

/** What one instance still has to be told: a fold of the journal from the instance's position on. */
export interface Outbox {
  apply(record: JournalRecord): void;
  /** As if the record had been written, where the journal could not take it. */
  pretend(entry: JournalEntry): void;
  readonly waiting: readonly Waiting[];
  /** In the order in which they go. */
  readonly outgoing: readonly Outgoing[];
  /** Lets what failed before be tried at once, unless its destination has named a time. */
  hurry(): void;
  /** All up to this `seq` is dealt with, once this message is. */
  through(without?: string): number;
}

export function createOutbox(instance: Selection, memory: Memory, position: number): Outbox {
  const waiting = new Map<number, Waiting>();
  const outgoing = new Map<string, Outgoing>();
  /** The youngest record that tells of it, by container. */
  const troubles: Readonly<Record<TroubleKind, Map<string, number>>> = {
    failed: told('failed'),
    unchecked: told('unchecked'),
  };
  /** What shows, in the cycle that is read, that a container which had failed is well again. */
  let mended: number[] = [];
  let read = position;

  function apply(record: JournalRecord): void {
    read = Math.max(read, record.seq);
    if (record.kind === 'event') take(record.seq, record.event);
    else if ('instance' in record && record.instance === instance.name) act(record);
  }

  function take(seq: number, given: BelfryEvent): void {
    const event = hushed(given, instance.unknownAfter);
    if (event === undefined) return;
    const name = event.workload?.name ?? '';
    if (event.type === 'failed' && event.workload !== null) {
      troubles[event.phase === 'check' ? 'unchecked' : 'failed'].set(name, seq);
    }
    const over = endedBy(event).filter((kind) => (troubles[kind].get(name) ?? seq) < seq);
    for (const kind of over) troubles[kind].delete(name);
    const relieved = over.length > 0;
    if (event.type === 'finished') {
      takeCycle(seq, event);
      return;
    }
    const inReport = instance.delivery === 'run' && event.type !== 'recovered';
    // A digest tells of the failure too, and so of its end, although both were told at once.
    if (relieved && instance.delivery !== 'immediate' && event.type === 'checked') mended.push(seq);
    if (worthOf(event, instance) || (relieved && !inReport)) add(event, 'event', [seq]);
  }

  function takeCycle(seq: number, event: Finished): void {
    const parts = [...mended, seq];
    mended = [];
    if (worthOf(event, instance) || parts.length > 1) add(event, 'run', parts);
  }

  function add(event: BelfryEvent, kind: Waiting['kind'], parts: readonly number[]): void {
    const seq = parts.at(-1) ?? 0;
    const message = messageId(instance.name, event.id);
    const urgent = event.type === 'failed';
    const types = typesIn(event);
    waiting.set(seq, { seq, parts, message, time: event.time, kind, urgent, types, released: false });
  }

  function act(record: Exclude<JournalRecord, { kind: 'event' | 'intent' }>): void {
    switch (record.kind) {
      case 'intake':
        return;
      case 'outgoing':
        collect(record);
        return;
      case 'attempt': {
        const known = outgoing.get(record.message);
        const { attempts, why, until, asked = false, refusedSince = null } = record;
        const [tried, next] = [Date.parse(record.time), Date.parse(until)];
        const changed = { attempts, tried, why, next, asked, refusedSince, released: false };
        if (known) outgoing.set(record.message, { ...known, ...changed });
        return;
      }
      case 'delivery':
        outgoing.delete(record.message);
        if (hasArrived(record)) retryRefused(Date.parse(record.time));
        for (const seq of record.covers ?? [record.through]) waiting.delete(seq); // older ones lack it
        learn(record);
        return;
      case 'order':
        obey(record);
        return;
      case 'all-quiet': {
        const { seq, message, time, kind } = record;
        const alone = { urgent: true, types: [], released: false } as const;
        waiting.set(seq, { seq, parts: [seq], message, time, kind, ...alone });
        return;
      }
    }
  }

  /** The destination takes something: once at once, and then not too often, what it refused is tried again. */
  function retryRefused(time: number): void {
    for (const [message, one] of outgoing) {
      if (one.refusedSince === null || (one.hurried && time - one.tried < probeAfter)) continue;
      outgoing.set(message, { ...one, next: 0, hurried: true });
    }
  }

  /** What a start would know from the memory: a digest may tell of what had ended before. */
  function learn({ covers = [], tells = [] }: Extract<JournalRecord, { kind: 'delivery' }>): void {
    const newest = Math.max(0, ...covers);
    for (const tell of tells) {
      const { begun, over } = troublesIn(tell);
      const isYounger = (kind: TroubleKind) => (troubles[kind].get(tell.name) ?? 0) > newest;
      for (const kind of begun) if (!isYounger(kind)) troubles[kind].set(tell.name, newest);
      for (const kind of over) if (!isYounger(kind)) troubles[kind].delete(tell.name);
    }
  }

  function told(kind: TroubleKind): Map<string, number> {
    return new Map([...memory.troubles(instance.name, kind)].map(([name, { seq }]) => [name, seq]));
  }

  function collect({ message, covers, time, until }: Extract<JournalRecord, { kind: 'outgoing' }>): void {
    const parts = covers.flatMap((seq) => waiting.get(seq) ?? []);
    for (const { seq } of parts) waiting.delete(seq);
    const [first] = parts;
    if (first === undefined) return;
    const { kind, urgent } = first;
    const released = parts.some((part) => part.released);
    const types = [...new Set(parts.flatMap((part) => part.types))];
    const anchor = Math.min(...parts.flatMap((part) => part.parts));
    outgoing.set(message, { ...fresh, message, covers, time, until, kind, urgent, types, released, anchor });
  }

  function obey(record: Extract<JournalRecord, { kind: 'order' }>): void {
    if (record.order === 'snooze') return;
    const { seq, time, message } = record;
    if (record.order === 'test') {
      waiting.set(seq, { seq, parts: [seq], message, time, kind: 'test', ...unknown, released: true });
      return;
    }
    const known = outgoing.get(message);
    const kept = [...waiting.values()].find((one) => one.message === message);
    if (record.order === 'drop') {
      outgoing.delete(message);
      if (kept !== undefined) waiting.delete(kept.seq);
    } else if (known !== undefined) outgoing.set(message, { ...known, next: 0, released: true });
    else if (kept !== undefined) waiting.set(kept.seq, { ...kept, released: true });
    else {
      const { covers, until } = record;
      const again = { ...unknown, kind: 'event', released: true, anchor: seq } as const;
      outgoing.set(message, { ...fresh, ...again, message, covers, time, until });
    }
  }

  return {
    apply,
    pretend: (entry) => apply({ ...entry, seq: read }),
    get waiting() {
      return [...waiting.values()];
    },
    get outgoing() {
      return [...outgoing.values()];
    },
    hurry() {
      for (const [message, one] of outgoing) if (!one.asked) outgoing.set(message, { ...one, next: 0 });
    },
    through(without) {
      const open = [...waiting.values(), ...outgoing.values()].filter(({ message }) => message !== without);
      const anchors = [...open.flatMap((one) => ('anchor' in one ? one.anchor : one.parts)), ...mended];
      return Math.min(read, ...anchors.map((anchor) => anchor - 1));
    },
  };
}

/** Of what could not be checked, any check that comes to an answer is the end. */
function endedBy(event: BelfryEvent): readonly TroubleKind[] {
  if (isGood(event)) return troubleKinds;
  return event.type === 'checked' ? ['unchecked'] : [];
}

/** How soon a refused message is tried again out of turn, in milliseconds. */
export const probeAfter = 60_000;

const unknown = { urgent: false, types: [] } as const;
const fresh = { attempts: 0, tried: 0, why: null, next: 0, asked: false, refusedSince: null, hurried: false } as const;

/** The same for every attempt, also across restarts. */
export const messageId = (instance: string, ...parts: readonly string[]): string =>
  `msg_${createHash('sha256')
    .update([instance, ...parts].join('\n'))
    .digest('hex')
    .slice(0, 24)}`;
