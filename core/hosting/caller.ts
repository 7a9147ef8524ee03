import { AsyncLocalStorage } from 'node:async_hooks';
import { createPulse, type Pulse } from './pulse.ts';

const callers = new AsyncLocalStorage<string>();
const underWay = new Map<symbol, string>();
let pulse: Pulse | undefined;

/**
 * From now on every call of foreign code is known wherever it leads, also in timers and promises it leaves behind.
 * Costs every promise a little, and so waits until there is foreign code. The pulse tells the loader thread that this
 * one is alive.
 */
export function watchCalls(): Pulse {
  pulse ??= createPulse();
  return pulse;
}

export const hasForeignCode = (): boolean => pulse !== undefined;

/** Runs one call of foreign code, named as people know it: `gate (beforeUpdate)`. */
export async function calling<Result>(who: string, work: () => Promise<Result>): Promise<Result> {
  if (pulse === undefined) return work();
  const call = Symbol(who);
  underWay.set(call, who);
  pulse.name([...underWay.values()].join(', '));
  try {
    return await callers.run(who, work);
  } finally {
    underWay.delete(call);
    pulse.name([...underWay.values()].join(', '));
  }
}

/** Whose call led here; undefined where none did. */
export const caller = (): string | undefined => callers.getStore();
