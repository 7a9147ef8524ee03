import { classifyHttp, defineNotifier, hiddenDestination } from 'belfry/notifier';
import { type DeliveryAnswer, type HttpResponse, z } from 'belfry/plugin';
import { type Blocks, layout, sizeOf } from './layout.ts';
import { mrkdwn } from './mrkdwn.ts';

const config = {
  url: z
    .url({ protocol: /^https?$/ })
    .describe('The address of an incoming webhook, such as `https://hooks.slack.com/services/…`. It is a secret.')
    .meta({ writeOnly: true }),
};

export default defineNotifier<typeof config, Blocks>({
  name: 'slack',
  summary: 'Posts reports to a Slack channel through an incoming webhook.',
  config,
  // Slack counts each webhook by itself.
  destination: ({ url }) => hiddenDestination(url),
  budget: { unit: 'characters', limit: 9000, blocks: 50 },
  markup: mrkdwn,
  layout,
  measure: sizeOf,
  preview: 'requests',
  async send({ config: { url }, content, text, plain, mention, http, signal, now }) {
    const { IncomingWebhook } = await import('./client.ts');
    let response: HttpResponse | Error = new Error('no answer');
    // The client drops the headers of an answer, Retry-After among them.
    const fetch = async (
      _: string | URL,
      init: { readonly headers?: Record<string, string>; readonly body?: unknown } = {},
    ) => {
      const { headers = {}, body } = init;
      response = await http({ method: 'POST', url, headers, body: String(body), signal });
      return fetched(response);
    };
    const called = [...(mention === null ? [] : [mention]), plain ? mrkdwn.escape(text) : text].join('\n');
    const message = content === null ? { text: called } : { text, blocks: [...content.blocks] };
    try {
      await new IncomingWebhook(url, { fetch }).send({ ...message, unfurl_links: false, unfurl_media: false });
    } catch (error) {
      if (response instanceof Error) response = error instanceof Error ? (original(error) ?? error) : response;
    }
    return understood(response, now);
  },
});

const original = (error: Error): Error | undefined => {
  const { cause, original: inner } = error as { readonly cause?: unknown; readonly original?: unknown };
  return [cause, inner].find((one): one is Error => one instanceof Error);
};

/** Slack answers in plain words. */
function understood(response: HttpResponse | Error, now: Date): DeliveryAnswer {
  const usual = classifyHttp(response, now);
  if (response instanceof Error) return usual;
  const { status, body } = response;
  if (/too_long|too_many_attachments/.test(body)) return { outcome: 'shrink', why: body };
  if (status === 400 && /user_not_found|channel_not_found/.test(body)) return { outcome: 'permanent', why: body };
  if (usual.outcome === 'sent' && body.trim() !== 'ok') {
    return { outcome: 'permanent', why: `the answer is not Slack’s: ${body.slice(0, 200)}` };
  }
  return usual;
}

/** As much of a fetch response as the client looks at. */
function fetched({ status, headers, body }: HttpResponse) {
  const entries = Object.entries(headers);
  return {
    ok: status >= 200 && status < 300,
    status,
    statusText: '',
    url: '',
    headers: { get: (name: string) => headers[name.toLowerCase()] ?? null, entries: () => entries },
    text: async () => body,
    json: async () => JSON.parse(body) as unknown,
    arrayBuffer: async () => new TextEncoder().encode(body).buffer,
  };
}
