import type { DeliveryAnswer, HttpResponse } from '../plugin.ts';
import { clean } from './clean.ts';

/** The answer to a delivery that an HTTP exchange amounts to. An error is one that brought no response at all. */
export function classifyHttp(result: HttpResponse | Error, now: Date = new Date()): DeliveryAnswer {
  if (result instanceof Error) return { outcome: 'retry', why: clean(result.message) };
  const { status } = result;
  if (status === 202) return { outcome: 'accepted' };
  if (status >= 200 && status < 300) return { outcome: 'sent' };
  const why = reason(result);
  if (status === 413) return { outcome: 'shrink', why };
  if (status === 400 || status === 422) return { outcome: 'downgrade', why };
  if (!isPassing(status)) return { outcome: 'permanent', why };
  const after = retryAfter(result.headers['retry-after'], now);
  return after === undefined ? { outcome: 'retry', why } : { outcome: 'retry', why, after };
}

const timeoutOrLimit = new Set([408, 425, 429]);
const neverBetter = new Set([501, 505]);

const isPassing = (status: number) =>
  timeoutOrLimit.has(status) || (status >= 500 && status < 600 && !neverBetter.has(status));

function reason({ status, headers, body }: HttpResponse): string {
  if (status >= 300 && status < 400) return `answered ${status}: redirected to ${clean(headers.location ?? 'nowhere')}`;
  const said = clean(body).slice(0, 200);
  return said === '' ? `answered ${status}` : `answered ${status}: ${said}`;
}

const shortest = 1000;
const longest = 6 * 3_600_000;

/** RFC 9110, 10.2.3: seconds or a date. Milliseconds, within bounds; undefined where it says neither. */
function retryAfter(value: string | undefined, now: Date): number | undefined {
  if (value === undefined) return undefined;
  const asked = /^\s*\d+\s*$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now.getTime();
  return Number.isNaN(asked) ? undefined : Math.min(Math.max(asked, shortest), longest);
}
