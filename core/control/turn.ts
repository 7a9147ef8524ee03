/** Lets one piece of work run at a time, in the order in which they came. */
export interface Turn {
  /** Resolves, or rejects, with what the work does once its turn has come. */
  take<Result>(work: () => Promise<Result>): Promise<Result>;
  /** True while some work runs or waits. */
  readonly busy: boolean;
  /** Resolves once all that was taken is done. What comes after that is never begun, and its promise stays pending. */
  close(): Promise<void>;
}

export function createTurn(): Turn {
  let tail: Promise<unknown> = Promise.resolve();
  let taken = 0;
  let closed = false;
  return {
    take(work) {
      if (closed) return new Promise(() => {});
      taken += 1;
      const result = tail.then(work).finally(() => {
        taken -= 1;
      });
      tail = result.catch(() => {});
      return result;
    },
    get busy() {
      return taken > 0;
    },
    async close() {
      while (taken > 0) await tail;
      closed = true;
    },
  };
}
