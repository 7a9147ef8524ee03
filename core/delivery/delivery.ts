import { setMaxListeners } from 'node:events';
import { problemOf } from '../errors/app-error.ts';
import { type SetTimer, setRealTimer } from './clock.ts';
import { createGate, type Gate } from './gate.ts';
import { type Count, type Instance, type Surroundings, startWorker, type Worker } from './worker.ts';

export type { Count, Instance } from './worker.ts';

export interface DeliveryOptions extends Omit<Surroundings, 'setTimer' | 'signal' | 'cut'> {
  readonly instances: readonly Instance[];
  readonly setTimer?: SetTimer;
}

/** How long an attempt that is under way may take for its answer, in milliseconds: without it the message goes twice. */
const lastAnswers = 5_000;

/** Messages on their way. Nobody ever has to wait for them. */
export interface Delivery {
  /** Resolves when all is delivered that need not wait for its time, at the latest after so many milliseconds. */
  idle(deadline: number): Promise<Count>;
  /** How many messages each instance still has before it, by its name. */
  waiting(): Promise<Readonly<Record<string, number>>>;
  /** Begins nothing any more, and waits a few seconds for answers; the rest is taken up at the next start. */
  stop(): Promise<void>;
}

/** Delivers from the journal, at least once and in order, to each instance by a worker of its own. */
export function startDelivery({ instances, setTimer = setRealTimer, ...around }: DeliveryOptions): Delivery {
  const { log } = around;
  const [stop, cut] = [new AbortController(), new AbortController()];
  setMaxListeners(0, stop.signal, cut.signal);
  const watchers = new Set<() => void>();
  const onIdle = () => {
    for (const watch of [...watchers]) watch();
  };
  const workers: Worker[] = [];
  const gateOf = gatesOf({ ...around, setTimer });
  for (const instance of instances) {
    const problems = () => workers.flatMap((other, at) => (instances[at] === instance ? [] : (other.trouble() ?? [])));
    const shared = {
      ...around,
      setTimer,
      signal: stop.signal,
      cut: cut.signal,
      gate: gateOf(instance),
      onIdle,
      problems,
    };
    workers.push(startWorker(instance, shared));
  }
  const ended = workers.map(({ ended }, at) =>
    ended.catch((error: unknown) =>
      log.error(`${instances[at]?.name} stopped delivering: ${problemOf(error).message}`),
    ),
  );

  return {
    async idle(deadline) {
      await new Promise<void>((resolve) => {
        const end = () => {
          cancel();
          watchers.delete(watch);
          resolve();
        };
        const watch = () => {
          if (workers.every(({ idle }) => idle)) end();
        };
        const cancel = setTimer(end, deadline);
        watchers.add(watch);
        watch();
      });
      const counts = await Promise.all(workers.map((worker) => worker.count()));
      const sum = (key: keyof Count) => counts.reduce((total, count) => total + count[key], 0);
      return { waiting: sum('waiting'), held: sum('held') };
    },
    async waiting() {
      const counts = await Promise.all(workers.map((worker) => worker.count()));
      const all = counts.map(({ waiting, held }) => waiting + held);
      return Object.fromEntries(instances.map(({ name }, at) => [name, all[at] ?? 0]));
    },
    async stop() {
      stop.abort();
      const cancel = setTimer(() => cut.abort(), lastAnswers);
      await Promise.all(ended);
      cancel();
    },
  };
}

/** One gate for each destination; an instance that states none has one of its own. */
function gatesOf(around: Pick<DeliveryOptions, 'now' | 'random'> & { readonly setTimer: SetTimer }) {
  const gates = new Map<string, Gate>();
  return ({ name, destination, pace }: Instance): Gate => {
    const key = destination ?? `instance ${name}`;
    const gate = gates.get(key) ?? createGate({ ...around, pace });
    gates.set(key, gate);
    return gate;
  };
}
