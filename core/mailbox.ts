/** Hands items to one consumer, in order, one at a time, without ever making the sender wait. */
export interface Mailbox<Item> {
  post(item: Item): void;
  /** How many items were dropped because the consumer was too slow. */
  readonly dropped: number;
  /** How many items have not been handed over yet. */
  readonly waiting: number;
  /** Resolves when all that was posted has been handed over. */
  empty(): Promise<void>;
  close(): void;
}

/** `consume` must not throw. When `limit` items wait, the oldest is dropped and counted. */
export function createMailbox<Item>(consume: (item: Item) => Promise<void>, limit = 1000): Mailbox<Item> {
  const waiting: Item[] = [];
  let running: Promise<void> | undefined;
  let dropped = 0;
  let closed = false;

  async function run(): Promise<void> {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await consume(item);
    running = undefined;
  }

  return {
    post(item) {
      if (closed) return;
      waiting.push(item);
      if (waiting.length > limit) {
        waiting.shift();
        dropped += 1;
      }
      running ??= Promise.resolve().then(run);
    },
    get dropped() {
      return dropped;
    },
    get waiting() {
      return waiting.length;
    },
    async empty() {
      while (running !== undefined) await running;
    },
    close() {
      closed = true;
      waiting.length = 0;
    },
  };
}
