import { classifyHttp, notifierConfig } from 'belfry/notifier';
import { definePlugin, z } from 'belfry/plugin';

export default definePlugin({
  name: 'my-plugin',
  apiVersion: 1,
  summary: 'POSTs each message as plain text to a URL.',
  config: z.strictObject({
    ...notifierConfig,
    url: z.url().describe('Where to POST to.').meta({ writeOnly: true }),
  }),
  destination: ({ url }) => new URL(url).host,
  setup: ({ config: { url }, http, now }) => ({
    async deliver({ report }, { signal }) {
      const headers = { 'content-type': 'text/plain; charset=utf-8' };
      const request = { method: 'POST', url, headers, body: `${report.title}\n${report.summary}`, signal } as const;
      // Says from the answer, or the lack of one, whether to try again.
      return classifyHttp(await http(request).catch((error: Error) => error), now());
    },
  }),
});
