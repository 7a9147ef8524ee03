import type { EventType } from '../events.ts';
import { type Outbox, type Outgoing, probeAfter, type Waiting } from './outbox.ts';

/** What may hold messages now, each in milliseconds since 1970; 0 for nothing. */
export interface Holds {
  readonly now: number;
  readonly snoozedUntil: number;
  readonly quietUntil: number;
  /** What the quiet hours are not for. */
  readonly quietExcept: readonly EventType[];
  /** When the next digest is due; undefined where each cycle has a report of its own. */
  readonly digestDue: number | undefined;
}

/** What an instance has to do next. */
export type Next =
  | { readonly send: Outgoing }
  /** What makes the next message. */
  | { readonly gather: readonly Waiting[] }
  /** Nothing before that moment, or before something happens; `held` where all that there is may wait. */
  | { readonly until: number; readonly held: boolean };

const staleAfter = 10 * 60_000;
const mostParts = 200;

/**
 * Tests first, then what has been put together, then what waits, each in order. A message that is tried again holds
 * back those behind it; one that is held, or that was refused for good and is tried once more later, does not. The
 * oldest of the refused is tried again before there is anything new: should it pass, all go in their order.
 */
export function nextOf(outbox: Pick<Outbox, 'waiting' | 'outgoing'>, holds: Holds): Next {
  const { now } = holds;
  const tests = [...outbox.outgoing, ...outbox.waiting].filter(({ kind }) => kind === 'test');
  const test = tests.find((one) => !('next' in one) || one.next <= now);
  if (test !== undefined) return 'next' in test ? { send: test } : { gather: [test] };

  const line = outbox.outgoing
    .filter(({ kind }) => kind !== 'test')
    .map((one) => [one, asideUntil(one, holds)] as const);
  const free = outbox.waiting.filter(({ kind }) => kind !== 'test').map((one) => [one, holdOf(one, holds)] as const);
  const times = [
    ...tests.map((one) => ('next' in one ? one.next : now)),
    ...[...line, ...free].map(([, until]) => until),
  ];
  const later = times.filter((time) => time > now);
  const [head] = line.filter(([, until]) => until <= now);
  if (head !== undefined) {
    const [send] = head;
    return send.next <= now ? { send } : { until: Math.min(send.next, ...later), held: false };
  }
  const ready = free.filter(([, until]) => until <= now).map(([one]) => one);
  if (ready.length === 0) return { until: Math.min(...later), held: tests.length === 0 };
  const refused = line.map(([one]) => one).find((one) => one.refusedSince !== null && holdOf(one, holds) <= now);
  const isDue = refused !== undefined && now - refused.tried >= probeAfter;
  return isDue ? { send: refused } : { gather: together(ready, holds) };
}

/** Until when a message lets others pass. */
function asideUntil(message: Outgoing, holds: Holds): number {
  const held = holdOf(message, holds);
  return message.refusedSince === null ? held : Math.max(held, message.next);
}

/** Until when a message is held. */
export function holdOf(message: Waiting | Outgoing, holds: Holds): number {
  const { kind, types, released } = message;
  if (released || kind === 'test') return 0;
  const isDigest = kind === 'run' && holds.digestDue !== undefined;
  const passes = !isDigest && types.some((type) => holds.quietExcept.includes(type));
  const quiet = passes ? 0 : holds.quietUntil;
  const digest = kind === 'run' && !('next' in message) ? (holds.digestDue ?? 0) : 0;
  return Math.max(holds.snoozedUntil, quiet, digest);
}

/** The first of what is ready, and what makes one message with it: a digest, or what has become stale together. */
function together(ready: readonly Waiting[], { now, digestDue }: Holds): readonly Waiting[] {
  const [first] = ready;
  if (first === undefined || first.urgent || first.released) return ready.slice(0, 1);
  if (digestDue !== undefined) return first.kind === 'run' ? ready.filter(({ kind }) => kind === 'run') : [first];
  if (now - Date.parse(first.time) < staleAfter) return [first];
  const end = ready.findIndex(({ urgent, released }) => urgent || released);
  return ready.slice(0, Math.min(mostParts, end === -1 ? ready.length : end));
}
