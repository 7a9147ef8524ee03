import { problemOf } from '../errors/app-error.ts';
import { type SetTimer, setRealTimer } from './clock.ts';
import { type Instance, type Surroundings, startWorker } from './worker.ts';

export type { Instance } from './worker.ts';

export interface DeliveryOptions extends Omit<Surroundings, 'setTimer' | 'signal'> {
  readonly instances: readonly Instance[];
  readonly setTimer?: SetTimer;
}

/** Messages on their way. Nobody ever has to wait for them. */
export interface Delivery {
  /** Resolves when all is delivered, at the latest after so many milliseconds, with the messages still waiting. */
  idle(deadline: number): Promise<number>;
  /** How many messages each instance still has before it, by its name. */
  waiting(): Promise<Readonly<Record<string, number>>>;
  /** Ends all attempts; what is not delivered yet is taken up at the next start. */
  stop(): Promise<void>;
}

/** Delivers from the journal, at least once and in order, to each instance by a worker of its own. */
export function startDelivery({ instances, setTimer = setRealTimer, ...around }: DeliveryOptions): Delivery {
  const { journal, log } = around;
  const abort = new AbortController();
  const watchers = new Set<() => void>();
  const onIdle = () => {
    for (const watch of [...watchers]) watch();
  };
  const surroundings = { ...around, setTimer, signal: abort.signal };
  const workers = instances.map((instance) => startWorker(instance, surroundings, onIdle));
  const wake = () => {
    for (const worker of workers) worker.wake();
  };
  const ended = workers.map(({ ended }, at) =>
    ended.catch((error: unknown) =>
      log.error(`${instances[at]?.name} stopped delivering: ${problemOf(error).message}`),
    ),
  );
  const unsubscribe = journal.onAppend(wake);
  const waiting = async () => {
    const counts = await Promise.all(workers.map((worker) => worker.waiting()));
    return Object.fromEntries(instances.map(({ name }, at) => [name, counts[at] ?? 0]));
  };

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
      return Object.values(await waiting()).reduce((sum, count) => sum + count, 0);
    },
    waiting,
    async stop() {
      unsubscribe();
      abort.abort();
      wake();
      await Promise.all(ended);
    },
  };
}
