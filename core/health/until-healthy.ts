import { formatDuration } from '../config/duration.ts';
import type { HealthVerdict } from '../decisions.ts';
import type { PluginContext } from '../plugin.ts';

/** How long and how often a workload is asked; in milliseconds. */
export interface ProbeTerms {
  readonly timeout: number;
  readonly interval: number;
  /** How many attempts must succeed in a row; one unless given. */
  readonly successes?: number | undefined;
}

export interface Moment {
  /** Milliseconds since the first attempt. */
  readonly elapsed: number;
  /** Milliseconds that are left. */
  readonly left: number;
  readonly signal: AbortSignal;
}

/** Resolves with `healthy`, with `unhealthy` to end the asking, or with why it is not healthy yet. */
export type Attempt = (moment: Moment) => Promise<HealthVerdict | string>;

type Clock = Pick<PluginContext<unknown>, 'now' | 'sleep'>;

/** Makes attempt after attempt until so many in a row have succeeded, or the time is over. */
export async function untilHealthy(
  attempt: Attempt,
  { timeout, interval, successes = 1 }: ProbeTerms,
  { now, sleep, signal }: Clock & { readonly signal: AbortSignal },
): Promise<HealthVerdict> {
  const began = now().getTime();
  let row = 0;
  for (;;) {
    const elapsed = now().getTime() - began;
    const answer = await attempt({ elapsed, left: Math.max(timeout - elapsed, 1000), signal });
    signal.throwIfAborted();
    if (typeof answer === 'string') row = 0;
    else if (answer.verdict === 'unhealthy') return answer;
    else row += 1;
    if (typeof answer === 'object' && row >= successes) return answer;
    const left = timeout - (now().getTime() - began);
    if (left <= 0) {
      const few = `only ${row} of ${successes} attempts in a row succeeded`;
      const reason = typeof answer === 'string' ? answer : few;
      return { verdict: 'unhealthy', reason: `${reason} (tried for ${formatDuration(timeout)})` };
    }
    await sleep(Math.min(interval, left), signal);
  }
}
