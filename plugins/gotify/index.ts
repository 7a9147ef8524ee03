import { defineNotifier, markups } from 'belfry/notifier';
import { type Severity, z } from 'belfry/plugin';

const config = {
  url: z.url({ protocol: /^https?$/ }).describe('The server, such as `https://gotify.example.org`.'),
  token: z.string().min(1).describe('The token of an application that was made for Belfry.').meta({ writeOnly: true }),
};

/** From 8 on the Android app makes a sound and pops up; below 4 it stays silent. */
const priorities: Readonly<Record<Severity, number>> = { error: 8, warning: 5, notice: 4, info: 2 };

export default defineNotifier({
  name: 'gotify',
  summary: 'Pushes reports to a Gotify server.',
  config,
  destination: ({ url }) => new URL(url).host,
  budget: { unit: 'bytes', limit: 16_000 },
  markup: markups.markdown,
  ownTitle: true,
  request: ({ config: { url, token }, report, title, text, plain, mention }) => ({
    method: 'POST',
    url: `${url.replace(/\/+$/, '')}/message`,
    headers: { 'content-type': 'application/json', 'x-gotify-key': token },
    body: JSON.stringify({
      ...(title === '' ? {} : { title }),
      message: mention === null ? text : `${mention}\n\n${text}`,
      priority: priorities[report.severity],
      extras: {
        'client::display': { contentType: plain ? 'text/plain' : 'text/markdown' },
        ...(report.hostUrl === null ? {} : { 'client::notification': { click: { url: report.hostUrl } } }),
      },
    }),
  }),
});
