import { classifyHttp } from 'belfry/notifier';
import type { HttpRequest, PluginContext } from 'belfry/plugin';

type Around = Pick<PluginContext<unknown>, 'http' | 'now' | 'sleep' | 'signal'>;

const longestAttempt = 10_000;
/** An event may be dealt with for 30 s. */
const longest = 25_000;

/**
 * Makes a call, and again after each of these pauses where it may arrive then. Resolves with why it did not arrive in
 * the end; what the other side says is left out, because it may repeat the address.
 */
export async function call(
  request: HttpRequest,
  pauses: readonly number[],
  { http, now, sleep, signal }: Around,
): Promise<string | undefined> {
  const end = now().getTime() + longest;
  for (const pause of [...pauses, undefined]) {
    const timeout = Math.min(longestAttempt, end - now().getTime());
    const headers = { 'user-agent': 'belfry', 'content-type': 'text/plain; charset=utf-8' };
    const asked = { ...request, headers: request.body === undefined ? { 'user-agent': 'belfry' } : headers };
    const response = await http({ ...asked, timeout, signal }).catch((error: unknown) =>
      error instanceof Error ? error : new Error(String(error)),
    );
    const answer = classifyHttp(response, now());
    if (answer.outcome === 'sent' || answer.outcome === 'accepted') return undefined;
    const why = response instanceof Error ? response.message : meaning(response.status);
    if (signal.aborted || answer.outcome !== 'retry' || pause === undefined) return why;
    const wait = Math.max(pause, answer.after ?? 0);
    if (now().getTime() + wait >= end) return why;
    await sleep(wait, signal).catch(() => {}); // The next attempt then says that it was stopped.
  }
  return undefined;
}

function meaning(status: number): string {
  const redirected = status >= 300 && status < 400 ? '; redirects are not followed' : '';
  return `it was answered with ${status}${redirected}`;
}
