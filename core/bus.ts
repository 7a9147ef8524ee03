import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'eventemitter3';
import { messageOf } from './errors/app-error.ts';
import type { BelfryEvent, Fact } from './events.ts';
import { freeze } from './freeze.ts';
import type { Journal } from './journal/port.ts';
import type { Log } from './log.ts';

/** Where the core states facts. Only the core holds it: plugins hear of them through their mailboxes. */
export interface Bus {
  /** Writes the fact to the journal, then tells everyone. Never throws: what happened has happened. */
  emit(fact: Fact): Promise<BelfryEvent>;
  /** The listener must neither throw nor block. */
  on(listener: (event: BelfryEvent) => void): () => void;
}

export interface BusOptions {
  readonly journal: Journal;
  readonly host: string;
  readonly log: Log;
  readonly redact?: (text: string) => string;
  readonly now?: () => Date;
  readonly newId?: (prefix: string) => string;
}

export function createBus({ journal, host, log, redact, now = () => new Date(), newId = randomId }: BusOptions): Bus {
  const emitter = new EventEmitter<{ event: [BelfryEvent] }>();
  return {
    async emit(fact) {
      const stamped = { id: newId('evt'), time: now().toISOString(), host, ...fact };
      const event = freeze(
        JSON.parse(redact ? redact(JSON.stringify(stamped)) : JSON.stringify(stamped)),
      ) as BelfryEvent;
      try {
        await journal.append({ kind: 'event', event });
      } catch (error) {
        log.error(`the journal could not take ${event.type}: ${messageOf(error)}`);
      }
      emitter.emit('event', event);
      return event;
    },
    on(listener) {
      emitter.on('event', listener);
      return () => void emitter.off('event', listener);
    },
  };
}

/** An id that sorts by nothing and repeats never: `evt_` and 20 letters and digits. */
export function randomId(prefix: string): string {
  return `${prefix}_${BigInt(`0x${randomBytes(13).toString('hex')}`)
    .toString(36)
    .padStart(20, '0')
    .slice(-20)}`;
}
