/** Memory shared between the main thread and the loader's: a count that grows while the main thread lives, and a text. */
export interface Pulse {
  readonly memory: SharedArrayBuffer;
  /** Says which foreign calls are under way. */
  name(calls: string): void;
}

const size = 1024;
const textFrom = 8;
const beatEvery = 1_000;

/** Beats every second, without keeping the process alive. */
export function createPulse(every = beatEvery): Pulse {
  const memory = new SharedArrayBuffer(size);
  const [count, text] = [new Int32Array(memory, 0, 2), new Uint8Array(memory, textFrom)];
  setInterval(() => Atomics.add(count, 0, 1), every).unref();
  return {
    memory,
    name(calls) {
      // A TextEncoder does not write into shared memory.
      const bytes = Buffer.from(calls).subarray(0, text.length);
      text.set(bytes);
      Atomics.store(count, 1, bytes.length);
    },
  };
}

/** The other side: how often it has beaten, and what is under way. */
export function readPulse(memory: SharedArrayBuffer): { readonly beats: number; readonly calls: string } {
  const [count, text] = [new Int32Array(memory, 0, 2), new Uint8Array(memory, textFrom)];
  const length = Atomics.load(count, 1);
  return { beats: Atomics.load(count, 0), calls: Buffer.from(text.slice(0, length)).toString() };
}
