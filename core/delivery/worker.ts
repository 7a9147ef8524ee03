import { problemOf } from '../errors/app-error.ts';
import type { Fact } from '../events.ts';
import type { Journal } from '../journal/port.ts';
import type { JournalEntry, JournalRecord } from '../journal/record.ts';
import type { Log } from '../log.ts';
import type { Pace } from '../plugin.ts';
import { replacedNow } from './at-work.ts';
import type { Deliver } from './attempt.ts';
import { createCalendar, type Times } from './calendar.ts';
import { pause, type SetTimer } from './clock.ts';
import type { Recipient } from './compose.ts';
import type { Gate } from './gate.ts';
import { createOutbox, messageId, type Outgoing, type Waiting } from './outbox.ts';
import { holdOf, type Next, nextOf } from './pick.ts';
import { type Desk, giveUp, hasNews, send } from './send.ts';

/** A notifier instance as delivery sees it. */
export interface Instance extends Recipient, Times {
  readonly deliver: Deliver;
  /** Where its messages go, such as a host name; instances with the same one share its limits. */
  readonly destination?: string | undefined;
  readonly pace?: Pace | undefined;
  /** Also tell a new instance what happened before it came. */
  readonly backfill?: boolean;
  /** The engine's host name, for messages that no event is behind. */
  readonly host?: string | undefined;
}

export interface Surroundings {
  readonly journal: Journal;
  /** Milliseconds an attempt may take; 30 s unless given. */
  readonly attemptLimit?: number | undefined;
  /** States a fact; must not throw. */
  readonly emit: (fact: Fact) => Promise<unknown>;
  readonly log: Log;
  readonly now: () => Date;
  readonly random: () => number;
  readonly setTimer: SetTimer;
  /** Nothing begins once it aborts. */
  readonly signal: AbortSignal;
  /** Ends an attempt that is under way. */
  readonly cut: AbortSignal;
}

/** What a worker shares with the others. */
export interface Shared extends Surroundings {
  readonly gate: Gate;
  readonly onIdle: () => void;
  /** What is wrong with other instances, a sentence each. */
  readonly problems: () => readonly string[];
}

export interface Count {
  readonly waiting: number;
  readonly held: number;
}

/** Delivers one instance's messages, in order, one at a time. */
export interface Worker {
  /** True when nothing is left to deliver but what has to wait for its time. */
  readonly idle: boolean;
  /** How many messages are still to be delivered, and how many of them wait for their time. */
  count(): Promise<Count>;
  /** What keeps it from delivering for a while already; undefined for nothing. */
  trouble(): string | undefined;
  /** Resolves when the signal has ended the work. */
  readonly ended: Promise<void>;
}

// A position this far behind is written down, so that an instance with little to say holds back no compaction.
const longestSilence = 1000;
const restTime = 60_000;
const longestSleep = 3_600_000;
const deadline = 72 * 3_600_000;
// Whoever waits for the end of all that can be done now does not wait for an attempt that is further away.
const worthWaiting = 30 * 60_000;
const testDeadline = 15 * 60_000;
const leastTime = 3_600_000;
const troubleAfter = 15 * 60_000;

export function startWorker(instance: Instance, shared: Shared): Worker {
  const { journal, log, now, signal, gate } = shared;
  const { name } = instance;
  const known = journal.memory.position(name);
  let written = known ?? (instance.backfill ? 0 : journal.last);
  const outbox = createOutbox(instance, journal.memory, written);
  let read = written;
  let live = false;
  let idle = false;
  let lastGivenUp = false;
  const calendar = createCalendar(instance, journal.memory, now);
  let heard = 0;
  const begun = now().getTime();
  let cycleSeen = false;
  let silenceSaid = 0;
  /** A silence that was over because there was news; what that comes to is seen after the next cycle. */
  let newsAt = 0;
  let rouse = () => {};
  const desk: Desk = { instance, outbox, shared, note };
  const unsubscribe = journal.onAppend(hear);

  async function run(): Promise<void> {
    if (known === undefined) await note({ kind: 'intake', time: time(), instance: name, after: written });
    while (!live && !signal.aborted) await catchUp().catch(rest);
    // Something may have changed meanwhile, and one attempt at each start does no harm.
    outbox.hurry();
    for (const { attempts, next } of outbox.outgoing) gate.recall(attempts, next);
    while (!signal.aborted) {
      const before = heard;
      const next = await choose();
      if ('until' in next) await sleep(next, before);
      else if ('send' in next && isOver(next.send)) lastGivenUp = (await giveUp(next.send, desk)) === 'given-up';
      else if (await blocked()) await sleep({ until: now().getTime() + restTime, held: false }, before);
      else await act();
    }
    unsubscribe();
  }

  function hear(record: JournalRecord): void {
    if (!live) return;
    read = record.seq;
    heard += 1;
    outbox.apply(record);
    if (record.kind === 'event' && record.event.type === 'finished') {
      cycleSeen = true;
      newsAt = 0;
    }
    const now = record.kind === 'order' && (record.order === 'test' || record.order === 'retry');
    if (now && record.instance === name) gate.open();
    rouse();
  }

  async function catchUp(): Promise<void> {
    while (read < journal.last) {
      const end = journal.last;
      for await (const record of journal.read(read)) {
        outbox.apply(record);
        read = record.seq;
      }
      read = Math.max(read, end);
    }
    live = true;
  }

  /** A journal that cannot be read now may be readable later. */
  async function rest(error: unknown): Promise<void> {
    log.warn(`the journal could not be read for ${name}: ${problemOf(error).message}`);
    await pause(shared.setTimer, restTime, signal);
  }

  const chooseNow = async () => nextOf(outbox, await calendar.holds(outbox));

  async function choose(): Promise<Next> {
    const next = await chooseNow();
    const silence = 'until' in next && next.held ? await calendar.silence() : undefined;
    if (!('until' in next) || silence === undefined) return next;
    if (silence.at === silenceSaid || silence.at === newsAt) return next;
    if (silence.at > now().getTime()) return { ...next, until: Math.min(next.until, silence.at) };
    // What was due while nobody was there waits for a cycle, which may have other news.
    if (silence.at <= begun && !cycleSeen) return next;
    newsAt = silence.at;
    if (await hasNews(desk).catch(() => true)) return next;
    silenceSaid = silence.at;
    const message = messageId(name, 'all-quiet', new Date(silence.at).toISOString());
    await note({ kind: 'all-quiet', time: time(), instance: name, message, since: silence.since });
    return chooseNow();
  }

  /** Until then, or until something is heard; what was heard since `before` may have changed everything already. */
  async function sleep({ until, held }: { readonly until: number; readonly held: boolean }, before: number) {
    if (outbox.through() - written > longestSilence) {
      await note({ kind: 'intake', time: time(), instance: name, after: outbox.through() });
    }
    if (heard !== before) return;
    const over = new AbortController();
    const end = () => over.abort();
    rouse = end;
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
    idle = held || until - now().getTime() > worthWaiting;
    shared.onIdle();
    const length = Math.min(longestSleep, Math.max(1, until - now().getTime()));
    if (Number.isFinite(until)) await pause(shared.setTimer, length, over.signal);
    else if (!over.signal.aborted) await new Promise((resolve) => over.signal.addEventListener('abort', resolve));
    idle = false;
    rouse = () => {};
    signal.removeEventListener('abort', end);
  }

  async function blocked(): Promise<boolean> {
    if (instance.destination === undefined) return false;
    return (await replacedNow(instance.destination, journal, now()).catch(() => undefined)) !== undefined;
  }

  const isOver = ({ attempts, until }: Outgoing) => attempts > 0 && Date.parse(until) <= now().getTime();

  /** One attempt, as soon as the destination takes one; what is sent is decided only then. */
  async function act(): Promise<void> {
    if (!(await gate.enter(signal))) return;
    const next = await choose();
    if ('until' in next) return gate.leave(undefined);
    const message = 'send' in next ? next.send : await gather(next.gather);
    if (message === undefined) return gate.leave(undefined);
    const ended = await send(message, desk);
    lastGivenUp = ended === 'given-up';
  }

  /** Decides for good what a message is made of. */
  async function gather(parts: readonly Waiting[]): Promise<Outgoing | undefined> {
    const [first] = parts;
    if (first === undefined) return undefined;
    const ids = parts.map(({ message }) => message);
    const message = parts.length === 1 ? first.message : messageId(name, 'digest', ...ids);
    const covers = parts.flatMap((part) => part.parts).sort((a, b) => a - b);
    const until = new Date(expires(parts)).toISOString();
    await note({ kind: 'outgoing', time: time(), instance: name, message, covers, until });
    return outbox.outgoing.find((one) => one.message === message);
  }

  function expires(parts: readonly Waiting[]): number {
    const begin = now().getTime();
    if (parts[0]?.kind === 'test') return begin + testDeadline;
    // Behind one that was given up, it has been waiting for the same destination all the time.
    const youngest = Math.max(...parts.map((part) => Date.parse(part.time)));
    return lastGivenUp ? Math.max(youngest + deadline, begin + leastTime) : begin + deadline;
  }

  /** Without this record the message may be delivered again after a restart, which is better than to stop here. */
  async function note(entry: JournalEntry): Promise<void> {
    try {
      const { seq } = await journal.append(entry);
      if (!live && entry.kind !== 'intake') outbox.apply({ ...entry, seq });
    } catch (error) {
      log.warn(`the journal could not take what ${name} has done: ${problemOf(error).message}`);
      outbox.pretend(entry);
    }
    if (entry.kind === 'intake') written = entry.after;
    if (entry.kind === 'delivery') written = entry.through;
  }

  const time = () => now().toISOString();
  return {
    get idle() {
      return live && idle;
    },
    async count() {
      const holds = await calendar.holds(outbox);
      const all = [...outbox.outgoing, ...outbox.waiting];
      const held = all.filter((one) => holdOf(one, holds) > holds.now).length;
      return { waiting: all.length - held, held };
    },
    trouble() {
      const failing = outbox.outgoing.find(({ attempts, kind }) => attempts > 0 && kind !== 'test');
      if (failing === undefined || now().getTime() - Date.parse(failing.time) < troubleAfter) return undefined;
      const count = outbox.outgoing.length + outbox.waiting.length;
      return `${name} cannot be reached since ${failing.time}: ${failing.why}. ${count} of its messages wait.`;
    },
    ended: run().finally(unsubscribe),
  };
}
