import { defineNotifier } from 'belfry/notifier';
import { z } from 'belfry/plugin';

export default defineNotifier({
  name: 'my-plugin',
  summary: 'POSTs each message as plain text to a URL.',
  config: { url: z.url().describe('Where to POST to.').meta({ writeOnly: true }) },
  destination: ({ url }) => new URL(url).host,
  budget: { unit: 'bytes', limit: 4_000 },
  request: ({ config: { url }, text }) => ({
    method: 'POST',
    url,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body: text,
  }),
});
