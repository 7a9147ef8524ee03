import type * as z from 'zod';
import type { HttpRequest, HttpResponse, Preview } from '../plugin.ts';
import type { Notifier, Outgoing } from './define-notifier.ts';
import { reportText } from './report-text.ts';
import { sendOut } from './send-out.ts';

/** What a notifier would send, found out without sending it. */
export async function previewOf<Own extends z.ZodRawShape, Content>(
  notifier: Notifier<Own, Content>,
  outgoing: Outgoing<Own, Content>,
): Promise<Preview> {
  return { text: textOf(outgoing), sends: await sendsOf(notifier, outgoing) };
}

/** What a template of the user's own has made, else the report in plain text. */
function textOf<Own extends z.ZodRawShape, Content>(outgoing: Outgoing<Own, Content>): string {
  const { config, report, title, text, content, plain, problem } = outgoing;
  const isOwn = config.template?.body !== undefined && content === null && !plain && problem === null;
  if (!isOwn) return reportText(title === '' ? report : { ...report, title });
  return title === '' ? text : `${title}\n\n${text}`;
}

async function sendsOf<Own extends z.ZodRawShape, Content>(
  notifier: Notifier<Own, Content>,
  outgoing: Outgoing<Own, Content>,
): Promise<readonly unknown[]> {
  const { preview } = notifier;
  if (typeof preview === 'function') return [await preview(outgoing)];
  // Whatever else `send` does, it might send.
  if (notifier.send !== undefined && preview !== 'requests') return [];
  const requests: HttpRequest[] = [];
  const http = async ({ signal: _, ...request }: HttpRequest): Promise<HttpResponse> => {
    requests.push(request);
    return { status: 200, headers: {}, body: 'ok' };
  };
  await sendOut(notifier, { ...outgoing, http });
  return requests;
}
