import { problemOf } from '../errors/app-error.ts';
import type { Fact } from '../events.ts';
import type { Journal } from '../journal/port.ts';
import type { DeliveryRecord, IntakeRecord } from '../journal/record.ts';
import type { Log } from '../log.ts';
import type { DeliveryContext } from '../plugin.ts';
import { attempt, backoff, type Deliver } from './attempt.ts';
import { pause, type SetTimer } from './clock.ts';
import { type Offer, offerOf, type Selection } from './offer.ts';

/** A notifier instance as delivery sees it. */
export interface Instance extends Selection {
  readonly deliver: Deliver;
  /** Also tell a new instance what happened before it came. */
  readonly backfill?: boolean;
}

export interface Surroundings {
  readonly journal: Journal;
  /** States a fact; must not throw. */
  readonly emit: (fact: Fact) => Promise<unknown>;
  readonly log: Log;
  readonly now: () => Date;
  readonly random: () => number;
  readonly setTimer: SetTimer;
  readonly signal: AbortSignal;
}

/** Delivers one instance's messages, in order, one at a time. */
export interface Worker {
  /** Looks for new records; harmless at any time. */
  wake(): void;
  /** True when there is nothing left to deliver. */
  readonly idle: boolean;
  /** How many messages are still to be delivered. */
  waiting(): Promise<number>;
  /** Resolves when the signal has ended the work. */
  readonly ended: Promise<void>;
}

type End = { readonly outcome: DeliveryRecord['outcome']; readonly attempts: number; readonly why?: string };

const deadline = 72 * 3_600_000;
// A position this far behind is written down, so that an instance with little to say holds back no compaction.
const longestSilence = 1000;
const restTime = 60_000;

export function startWorker(instance: Instance, around: Surroundings, onIdle: () => void): Worker {
  const { journal, log, now, signal } = around;
  let written = journal.memory.position(instance.name);
  let position = written ?? (instance.backfill ? 0 : journal.last);
  let asleep = false;
  let rouse = () => {};

  async function run(): Promise<void> {
    if (written === undefined) await note({ kind: 'intake', time: time(), instance: instance.name, after: position });
    while (!signal.aborted) {
      await catchUp().catch(rest);
      if (position < journal.last || signal.aborted) continue;
      asleep = true;
      onIdle();
      await new Promise<void>((resolve) => {
        rouse = resolve;
      });
      asleep = false;
    }
  }

  /** A journal that cannot be read now may be readable later. */
  async function rest(error: unknown): Promise<void> {
    log.warn(`the journal could not be read for ${instance.name}: ${problemOf(error).message}`);
    await pause(around.setTimer, restTime, signal);
  }

  async function catchUp(): Promise<void> {
    const end = journal.last;
    for await (const record of journal.read(position)) {
      const offer = offerOf(record, instance);
      if (offer !== undefined && !(await settle(offer, record.seq))) return;
      position = record.seq;
      if (signal.aborted) return;
    }
    position = Math.max(position, end);
    if (position - (written ?? 0) > longestSilence) {
      await note({ kind: 'intake', time: time(), instance: instance.name, after: position });
    }
  }

  /** Brings one message to its end; false where the signal came first, and it stays owed. */
  async function settle({ id, event, message }: Offer, seq: number): Promise<boolean> {
    const end = await send({ id, event, message });
    if (end === undefined) return false;
    const { outcome, attempts, why } = end;
    await note({ kind: 'delivery', time: time(), instance: instance.name, message: id, through: seq, outcome });
    const common = { cycle: event.cycle, workload: null } as const;
    const told = { instance: instance.name, message: id, outcome, attempts, ...(why === undefined ? {} : { why }) };
    await around.emit({ type: 'delivered', ...common, ...told });
    if (outcome === 'given-up') await around.emit({ type: 'failed', ...common, ...givenUp(instance.name, why) });
    return true;
  }

  async function send({ id, event, message }: Offer): Promise<End | undefined> {
    const expires = Date.parse(event.time) + deadline;
    let form: DeliveryContext['form'] = 'full';
    for (let attempts = 1; ; attempts += 1) {
      const deliver = (given: AbortSignal) => instance.deliver(message, { id, attempt: attempts, form, signal: given });
      const answer = await attempt(deliver, around.setTimer, signal);
      if (answer === undefined) return undefined;
      if (answer.outcome === 'sent' || answer.outcome === 'accepted') return { outcome: answer.outcome, attempts };
      if ((answer.outcome === 'shrink' || answer.outcome === 'downgrade') && form !== 'text') {
        form = form === 'full' && answer.outcome === 'shrink' ? 'compact' : 'text';
        continue;
      }
      const left = expires - now().getTime();
      if (signal.aborted) return undefined;
      if (answer.outcome !== 'retry' || left <= 0) return { outcome: 'given-up', attempts, why: answer.why };
      log.warn(`${instance.name} could not deliver and tries again: ${answer.why}`, { message: id, attempt: attempts });
      await pause(around.setTimer, Math.min(left, backoff(attempts, answer.after, around.random)), signal);
      if (signal.aborted) return undefined;
    }
  }

  /** Without this record the message may be delivered again after a restart, which is better than to stop here. */
  async function note(entry: IntakeRecord | DeliveryRecord): Promise<void> {
    try {
      await journal.append(entry);
      written = entry.kind === 'intake' ? entry.after : entry.through;
    } catch (error) {
      log.warn(`the journal could not take what ${instance.name} has delivered: ${problemOf(error).message}`);
    }
  }

  const time = () => now().toISOString();
  return {
    wake: () => rouse(),
    get idle() {
      return asleep && position >= journal.last;
    },
    async waiting() {
      let count = 0;
      for await (const record of journal.read(position)) if (offerOf(record, instance) !== undefined) count += 1;
      return count;
    },
    ended: run(),
  };
}

function givenUp(instance: string, why: string | undefined) {
  const hint = 'The message is not tried again. Check the address, the credentials and the limits of its destination.';
  const problem = { code: 'DELIVERY_GIVEN_UP', message: `${instance}: ${why ?? 'no reason given'}`, hint };
  return { phase: 'delivery', outcome: 'unchanged', problem, logTail: [] } as const;
}
