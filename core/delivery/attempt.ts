import type { DeliveryAnswer, DeliveryContext, Message } from '../plugin.ts';
import { pause, type SetTimer } from './clock.ts';

/** Whether a destination has taken a message. */
export function hasArrived<One extends { readonly outcome: string }>(
  one: One,
): one is One & { readonly outcome: 'sent' | 'accepted' } {
  return one.outcome === 'sent' || one.outcome === 'accepted';
}

export type Deliver = (message: Message, context: DeliveryContext) => Promise<DeliveryAnswer>;

const standardLimit = 30_000;

export interface AttemptOptions {
  readonly setTimer: SetTimer;
  readonly cut: AbortSignal;
  /** Milliseconds an attempt may take; 30 s unless given. */
  readonly attemptLimit?: number | undefined;
}

/** One attempt, which never throws and takes no longer than it may; undefined where it was cut off. */
export async function attempt(
  send: (signal: AbortSignal) => Promise<DeliveryAnswer>,
  { setTimer, cut, attemptLimit = standardLimit }: AttemptOptions,
): Promise<DeliveryAnswer | undefined> {
  const over = new AbortController();
  const stop = () => over.abort();
  cut.addEventListener('abort', stop, { once: true });
  try {
    const late = pause(setTimer, attemptLimit, over.signal).then(() =>
      cut.aborted ? undefined : retry(`no answer within ${attemptLimit / 1000} s`),
    );
    const sent = Promise.resolve()
      .then(() => send(over.signal))
      .catch((error: unknown) => retry(error instanceof Error ? error.message : String(error)));
    return await Promise.race([sent, late]);
  } finally {
    over.abort();
    cut.removeEventListener('abort', stop);
  }
}

const retry = (why: string): DeliveryAnswer => ({ outcome: 'retry', why });

const longestPause = 120_000;

/** How long a message waits after its n-th failed attempt, in milliseconds: full jitter. */
export const backoff = (attempts: number, random: () => number): number =>
  random() * Math.min(longestPause, 5000 * 2 ** (attempts - 1));

type Form = DeliveryContext['form'];

/** The next form to try after an answer about the form; undefined where there is none that is simpler. */
export function nextForm(form: Form, answer: DeliveryAnswer): Form | undefined {
  if (form === 'text') return undefined;
  if (answer.outcome === 'shrink') return form === 'full' ? 'compact' : 'text';
  return answer.outcome === 'downgrade' ? 'text' : undefined;
}
