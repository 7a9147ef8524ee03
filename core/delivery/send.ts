import { AppError, problemOf } from '../errors/app-error.ts';
import type { BelfryEvent, Delivered, Finished } from '../events.ts';
import type { JournalReader } from '../journal/port.ts';
import type { AllQuietRecord, AttemptRecord, DeliveryRecord, JournalEntry, JournalRecord } from '../journal/record.ts';
import type { DeliveryAnswer, DeliveryContext } from '../plugin.ts';
import { attempt, backoff, hasArrived, nextForm } from './attempt.ts';
import { type Composed, compose, composeQuiet, composeTest } from './compose.ts';
import { boundedAfter } from './gate.ts';
import type { Outbox, Outgoing } from './outbox.ts';
import type { Instance, Shared } from './worker.ts';

/** What a message is sent with. */
export interface Desk {
  readonly instance: Instance;
  readonly outbox: Outbox;
  readonly shared: Shared;
  /** Writes a record; never throws. */
  readonly note: (entry: JournalEntry) => Promise<void>;
}

type Outcome = DeliveryRecord['outcome'];

/**
 * Makes one attempt at a message, for which the gate has been entered, and writes down what came of it. Resolves with
 * the message's end; undefined where it is still owed.
 */
export async function send(message: Outgoing, desk: Desk): Promise<Outcome | undefined> {
  const { shared } = desk;
  const { gate } = shared;
  const composed = await prepared(message, desk).catch((error: unknown) => problemOf(error).message);
  if (typeof composed === 'string') {
    gate.leave(undefined);
    return end(message, desk, { outcome: 'given-up', why: composed, attempts: message.attempts });
  }
  if (composed === undefined) {
    gate.leave(undefined);
    return end(message, desk, { outcome: 'superseded', attempts: message.attempts });
  }
  const attempts = message.attempts + 1;
  const answer = await deliver(composed, { id: message.message, attempt: attempts }, desk);
  gate.leave(answer);
  if (answer === undefined) return undefined;
  if (hasArrived(answer)) {
    return end(message, desk, { outcome: answer.outcome, attempts, tells: composed.tells });
  }
  const again = nextAttempt(message, answer, desk);
  if (again === undefined) return end(message, desk, { outcome: 'given-up', attempts, why: answer.why });
  await desk.note(failedAttempt(message, { ...again, why: answer.why }, desk));
  return undefined;
}

/** Ends a message whose time is over, without another attempt. */
export const giveUp = (message: Outgoing, desk: Desk): Promise<Outcome> =>
  end(message, desk, { outcome: 'given-up', attempts: message.attempts, why: message.why ?? 'its time was over' });

/** One attempt in the fullest form that the destination takes; undefined where the end came before its answer. */
async function deliver(
  { message }: Pick<Composed, 'message'>,
  about: Pick<DeliveryContext, 'id' | 'attempt'>,
  { instance, shared }: Desk,
): Promise<DeliveryAnswer | undefined> {
  for (let form: DeliveryContext['form'] = 'full'; !shared.signal.aborted; ) {
    const deliverOnce = (signal: AbortSignal) => instance.deliver(message, { ...about, form, signal });
    const answer = await attempt(deliverOnce, shared);
    // What ends it is no answer, unless the message got through all the same.
    if (shared.cut.aborted && !(answer && hasArrived(answer))) return undefined;
    const simpler: DeliveryContext['form'] | undefined = answer === undefined ? undefined : nextForm(form, answer);
    if (simpler === undefined) return answer;
    form = simpler;
  }
  return undefined;
}

/** Whether the instance will still be told something, a message by this id aside. */
export async function hasNews({ instance, outbox, shared }: Desk, message?: string): Promise<boolean> {
  const { journal, now } = shared;
  const isOther = (one: { readonly message: string; readonly kind: string }) =>
    one.message !== message && one.kind !== 'test' && one.kind !== 'all-quiet';
  if (outbox.outgoing.some(isOther)) return true;
  const waiting = outbox.waiting.filter(isOther).flatMap(({ parts }) => parts);
  if (waiting.length === 0) return false;
  const records = await recordsOf(
    journal,
    [...waiting].sort((a, b) => a - b),
  );
  const events = records.flatMap((record) => (record.kind === 'event' ? record.event : []));
  const ingredients = { id: '', events, memory: journal.memory, now: now(), deliveryProblems: [] };
  return compose(instance, ingredients)?.news ?? false;
}

/** What the message says; undefined where it says nothing that the instance does not know. */
async function prepared({ message: id, covers, attempts, released }: Outgoing, desk: Desk) {
  const { instance, shared } = desk;
  const { journal, now, problems } = shared;
  const records = await recordsOf(journal, covers);
  const [first] = records;
  if (first === undefined) throw new AppError('JOURNAL_FAILED', 'what it tells of is not in the journal any more');
  if (first.kind === 'order' && first.order === 'test') {
    const about = { id, now: new Date(first.time), host: instance.host ?? '' };
    return { message: composeTest(first.sample, about), tells: [] };
  }
  if (first.kind === 'all-quiet') {
    const isOver = attempts === 0 && !released && (hasSpoken(journal, instance.name) || (await hasNews(desk, id)));
    return isOver ? undefined : quietMessage(id, first, desk);
  }
  const events = records.flatMap((record) => (record.kind === 'event' ? record.event : []));
  const ingredients = { id, events, memory: journal.memory, now: now(), deliveryProblems: problems() };
  const composed = compose(instance, ingredients);
  // What was tried before may have arrived, and what someone asks for is wanted in any case.
  return composed?.news || (composed && (attempts > 0 || released)) ? composed : undefined;
}

/** Whether it was told something else since it was to be told that all is quiet. */
const hasSpoken = ({ memory }: JournalReader, name: string) => memory.lastWord(name)?.as === 'message';

/** Undefined where not even a cycle has ended meanwhile: that would be silence of another kind. */
async function quietMessage(id: string, { since }: AllQuietRecord, { instance, shared }: Desk) {
  const { journal, now, problems } = shared;
  let cycles = 0;
  let last: Finished | undefined;
  for await (const record of journal.read(0)) {
    if (record.kind !== 'event' || record.event.type !== 'finished' || record.event.time < since) continue;
    cycles += 1;
    // What somebody has started by hand may have been about a few containers only.
    if (record.event.trigger !== 'manual' || (last?.trigger ?? 'manual') === 'manual') last = record.event;
  }
  if (last === undefined) return undefined;
  const ingredients = { id, events: [last], memory: journal.memory, now: now(), deliveryProblems: problems() };
  return { message: composeQuiet(instance, ingredients, { cycles, since, last }), tells: [] };
}

async function recordsOf(journal: JournalReader, covers: readonly number[]): Promise<readonly JournalRecord[]> {
  const records: JournalRecord[] = [];
  for (const seq of covers) {
    const previous = records.at(-1)?.seq;
    if (previous !== undefined && previous >= seq) continue;
    for await (const record of journal.read(seq - 1)) {
      if (record.seq === seq) records.push(record);
      break;
    }
  }
  return records;
}

type Refused = Exclude<DeliveryAnswer, { outcome: 'sent' | 'accepted' }>;

interface Again {
  /** In milliseconds since 1970. */
  readonly at: number;
  readonly record: Pick<AttemptRecord, 'asked' | 'refusedSince'>;
}

/** After its first refusal: it may be a proxy that is just being updated, or a key that comes late. */
const slowly = [5 * 60_000, 3_600_000, 6 * 3_600_000, 24 * 3_600_000];

/** Undefined where another attempt cannot help. */
function nextAttempt(
  { attempts, until, refusedSince }: Outgoing,
  answer: Refused,
  { shared }: Desk,
): Again | undefined {
  const { now, random, gate } = shared;
  const present = now().getTime();
  if (answer.outcome === 'retry') {
    const own = answer.after === undefined ? backoff(attempts + 1, random) : boundedAfter(answer.after);
    // Where the destination names a time, its gate waits for it.
    const at = Math.min(Math.max(present + own, gate.until), Date.parse(until));
    return { at, record: answer.after === undefined ? {} : { asked: true } };
  }
  if (answer.outcome !== 'permanent') return undefined;
  // A clock that was set back must not put it off.
  const since = Math.min(present, refusedSince === null ? present : Date.parse(refusedSince));
  const at = slowly.map((after) => since + after).find((moment) => moment > present);
  if (at === undefined || at >= Date.parse(until)) return undefined;
  return { at, record: { refusedSince: new Date(since).toISOString() } };
}

function failedAttempt(
  { message, attempts }: Outgoing,
  { at, record, why }: Again & { readonly why: string },
  { instance, shared: { now, log } }: Desk,
): AttemptRecord {
  const made = attempts + 1;
  const next = new Date(at).toISOString();
  log.warn(`${instance.name} could not deliver and tries again: ${why}`, { message, attempt: made, next });
  const about = { time: now().toISOString(), instance: instance.name, message, attempts: made, why };
  return { kind: 'attempt', ...about, until: next, ...record };
}

type End = Pick<DeliveryRecord, 'outcome' | 'tells' | 'why'> & { readonly attempts: number };

async function end(message: Outgoing, desk: Desk, { outcome, attempts, tells, why }: End): Promise<Outcome> {
  const { instance, outbox, shared, note } = desk;
  const { message: id, covers } = message;
  const time = shared.now().toISOString();
  const through = outbox.through(id);
  const cycle = await cycleOf(message, shared.journal);
  await note({
    ...{ kind: 'delivery', time, instance: instance.name, message: id, through, outcome, covers, attempts },
    ...(why === undefined ? {} : { why }),
    ...(tells === undefined || tells.length === 0 ? {} : { tells }),
  });
  if (outcome === 'superseded') return outcome;
  const common = { cycle, workload: null } as const;
  const told: Pick<Delivered, 'instance' | 'message' | 'outcome' | 'attempts'> = {
    ...{ instance: instance.name, message: id, outcome, attempts },
  };
  await shared.emit({ type: 'delivered', ...common, ...told, ...(why === undefined ? {} : { why }) });
  if (outcome === 'given-up') await shared.emit({ type: 'failed', ...common, ...givenUp(instance.name, id, why) });
  return outcome;
}

async function cycleOf({ covers }: Outgoing, journal: JournalReader): Promise<string> {
  const last = covers.at(-1);
  const [record] = last === undefined ? [] : await recordsOf(journal, [last]).catch(() => []);
  const event: BelfryEvent | undefined = record?.kind === 'event' ? record.event : undefined;
  return event?.cycle ?? '';
}

function givenUp(instance: string, message: string, why: string | undefined) {
  const hint = `Once its destination works again, \`belfry notify outbox retry ${message}\` sends it after all.`;
  const problem = { code: 'DELIVERY_GIVEN_UP', message: `${instance}: ${why ?? 'no reason given'}`, hint };
  return { phase: 'delivery', outcome: 'unchanged', problem, logTail: [] } as const;
}
