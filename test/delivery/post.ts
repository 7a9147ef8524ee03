import type { TestContext } from 'node:test';
import { reportItem } from '../../core/cycle/report.ts';
import { type Delivery, type Instance, startDelivery } from '../../core/delivery/delivery.ts';
import type { BelfryEvent, Fact, Finished, Found } from '../../core/events.ts';
import { memoryJournal } from '../../core/journal/memory-journal.ts';
import type { Journal } from '../../core/journal/port.ts';
import { silentLog } from '../../core/log.ts';
import type { DeliveryAnswer, DeliveryContext, Message } from '../../core/plugin.ts';
import { fact, say } from '../journal/sample.ts';
import { createJumpingClock } from './clock.ts';

export { noon } from './clock.ts';

export interface Arrived {
  readonly at: number;
  readonly message: Message;
  readonly context: DeliveryContext;
}

export const minute = 60_000;
export const hour = 3_600_000;
export const down: DeliveryAnswer = { outcome: 'retry', why: 'connection refused' };
export const sent: DeliveryAnswer = { outcome: 'sent' };

/** One notifier on a journal, and a clock that a test turns on. */
export function createPost(t: TestContext, more: Partial<Instance> = {}, journal: Journal = memoryJournal()) {
  const clock = createJumpingClock();
  const attempts: Arrived[] = [];
  const arrived: Arrived[] = [];
  const facts: Fact[] = [];
  let answer: (attempt: Arrived) => DeliveryAnswer = () => sent;
  let delivery: Delivery | undefined;
  const emit = async (stated: Fact) => {
    facts.push(stated);
    const event = { id: `evt_x${facts.length}`, time: clock.now().toISOString(), host: 'nas-01', ...stated };
    await journal.append(fact(event as BelfryEvent));
  };
  const instance: Instance = {
    name: 'ops',
    delivery: 'run',
    async deliver(message, context) {
      const attempt = { at: clock.elapsed(), message, context };
      attempts.push(attempt);
      const given = answer(attempt);
      if (given.outcome === 'sent' || given.outcome === 'accepted') arrived.push(attempt);
      return given;
    },
    ...more,
  };
  const start = () => {
    const around = { journal, emit, log: silentLog, now: clock.now, random: () => 1, setTimer: clock.setTimer };
    delivery = startDelivery({ ...around, instances: [instance] });
  };
  t.after(() => delivery?.stop());
  start();

  return {
    clock,
    journal,
    instance,
    attempts,
    arrived,
    facts,
    delivery: () => delivery,
    answers(next: typeof answer) {
      answer = next;
    },
    /** Lets so much time pass, in milliseconds. */
    pass: (milliseconds: number) => clock.run(clock.elapsed() + milliseconds),
    /** States events now, in order. */
    async state(...events: readonly BelfryEvent[]) {
      await clock.run(clock.elapsed());
      for (const event of events) await journal.append(fact({ ...event, time: clock.now().toISOString() }));
      await clock.run(clock.elapsed());
    },
    async restart() {
      const stopped = delivery?.stop();
      await clock.run(clock.elapsed());
      await stopped;
      start();
      await clock.run(clock.elapsed());
    },
  };
}

let cycles = 0;

/** The events of a cycle, its `finished` among them. */
export function cycleOf(...own: readonly ((of: { readonly cycle: string }) => BelfryEvent)[]): readonly BelfryEvent[] {
  cycles += 1;
  const cycle = `cyc_${cycles}`;
  const events = own.map((make) => make({ cycle }));
  const found = new Map(events.flatMap((event) => (event.type === 'found' ? [[event.workload.name, event]] : [])));
  const items = events.flatMap(
    (event) => reportItem(event, found.get(event.workload?.name ?? '') as Found | undefined) ?? [],
  );
  return [...events, { ...say.finished({ cycle }), items } as Finished];
}

/** Skipped, although there is something newer. */
export function held(digest: string, of: { readonly cycle: string; readonly name: string }): BelfryEvent {
  const { to } = say.found(digest, of) as Found;
  return { ...say.skipped(of), to } as BelfryEvent;
}

/** A cycle in which an image is available that nobody applies. */
export const available = (digest = 'new', name = 'web') =>
  cycleOf(
    (of) => say.found(digest, { ...of, name }),
    (of) => held(digest, { ...of, name }),
  );

export const updated = (digest = 'new', name = 'web') =>
  cycleOf(
    (of) => say.found(digest, { ...of, name }),
    (of) => say.recreated(digest, { ...of, name }),
  );

export const failing = (digest = 'bad', name = 'web') =>
  cycleOf(
    (of) => say.found(digest, { ...of, name }),
    (of) => say.rolledBack(digest, { ...of, name }),
  );

export const upToDate = (name = 'web') => cycleOf((of) => say.upToDate({ ...of, name }));
