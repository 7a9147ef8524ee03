import { classifyHttp, notifierConfig } from 'belfry/notifier';
import { definePlugin, type Message, z } from 'belfry/plugin';

const config = z.strictObject({
  ...notifierConfig,
  url: z
    .url({ protocol: /^https?$/ })
    .describe('Where to POST to: `https://…` or `http://…`.')
    .meta({ writeOnly: true }),
  headers: z
    .record(z.string().regex(/^[\w-]+$/), z.string().regex(/^[^\r\n]*$/))
    .default({})
    .describe('More headers, such as `authorization`.')
    .meta({ writeOnly: true }),
  timeout: z.number().min(1).max(25).default(15).describe('Seconds for the whole exchange.'),
});

export default definePlugin({
  name: 'webhook',
  apiVersion: 1,
  summary: 'POSTs reports or events as JSON to a URL.',
  config,
  destination: ({ url }) => new URL(url).host,
  setup: ({ config: { url, headers, timeout }, http, now }) => ({
    deliver: async (message, { id, signal }) => {
      const response = await http({
        method: 'POST',
        url,
        headers: { ...lowerCase(headers), ...ownHeaders, 'webhook-id': id },
        body: JSON.stringify(payload(id, message)),
        timeout: timeout * 1000,
        signal,
      }).catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
      return classifyHttp(response, now());
    },
  }),
});

const ownHeaders = { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'belfry' };

const payload = (id: string, message: Message) => ({ schema: 1, id, ...message });

const lowerCase = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
