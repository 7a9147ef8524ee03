import type * as z from 'zod';
import type { DeliveryAnswer, HttpRequest } from '../plugin.ts';
import { classifyHttp } from './classify-http.ts';
import { clean } from './clean.ts';
import type { Notifier, Outgoing } from './define-notifier.ts';
import type { Scrub } from './scrub.ts';

/** Sends a message as the notifier says; the answer holds no secret. */
export async function sendOut<Own extends z.ZodRawShape, Content>(
  notifier: Notifier<Own, Content>,
  outgoing: Outgoing<Own, Content>,
): Promise<DeliveryAnswer> {
  return masked(await answerTo(notifier, outgoing), outgoing.scrub);
}

async function answerTo<Own extends z.ZodRawShape, Content>(
  { send, request, answer }: Notifier<Own, Content>,
  outgoing: Outgoing<Own, Content>,
): Promise<DeliveryAnswer> {
  if (send !== undefined) return send(outgoing);
  const requests = request?.(outgoing) ?? [];
  let last: DeliveryAnswer = { outcome: 'permanent', why: 'the notifier made no request' };
  for (const one of Array.isArray(requests) ? (requests as readonly HttpRequest[]) : [requests as HttpRequest]) {
    const response = await outgoing
      .http({ signal: outgoing.signal, ...one, headers: { 'user-agent': 'belfry', ...one.headers } })
      .catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
    const usual = classifyHttp(response, outgoing.now);
    last = answer?.(response, usual) ?? usual;
    if (last.outcome !== 'sent' && last.outcome !== 'accepted') return last;
  }
  return last;
}

/** Services repeat in their answers what they were asked, addresses included. */
function masked(answer: DeliveryAnswer, scrub: Scrub): DeliveryAnswer {
  return 'why' in answer ? { ...answer, why: clean(scrub(answer.why)) } : answer;
}
