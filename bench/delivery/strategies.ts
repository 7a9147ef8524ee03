import { setTimeout as wait } from 'node:timers/promises';
import { post } from './post.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** How others deliver: from memory, and with so many attempts. */
export type Strategy = (port: number, id: string, clock: VirtualClock) => Promise<void>;

export const oneAttempt: Strategy = async (port, id, clock) => {
  await post(port, id, clock);
};

/** Again after 30 s, 60 s, 120 s, 240 s and 300 s, whatever the service asks for. */
export const fiveRetries: Strategy = async (port, id, clock) => {
  for (const pause of [30, 60, 120, 240, 300, null]) {
    const { outcome } = await post(port, id, clock);
    if (outcome === 'sent' || pause === null) return;
    await wait(clock.real(pause * 1000));
  }
};
