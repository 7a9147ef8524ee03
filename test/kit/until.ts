import { setTimeout as delay } from 'node:timers/promises';

/** Asks again and again until the answer is something; rejects, naming what was waited for, when it takes too long. */
export async function until<T>(what: string, ask: () => Promise<T | undefined | false>, deadline = 20_000): Promise<T> {
  const lastMoment = Date.now() + deadline;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > lastMoment) throw new Error(`waited ${deadline} ms in vain: ${what}`);
    await delay(25);
  }
}
