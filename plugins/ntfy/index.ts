import { defineNotifier, markups } from 'belfry/notifier';
import { type HttpResponse, type Severity, z } from 'belfry/plugin';

const config = {
  url: z
    .url({ protocol: /^https?$/ })
    .default('https://ntfy.sh')
    .describe('The server, ntfy.sh or your own.'),
  topic: z
    .string()
    .regex(/^[-\w]{1,64}$/, 'A topic is up to 64 letters, digits, - and _.')
    .describe('The topic to publish to. On ntfy.sh whoever knows it can read it.')
    .meta({ writeOnly: true }),
  token: z
    .string()
    .min(1)
    .optional()
    .describe('An access token, where the topic asks for one.')
    .meta({ writeOnly: true }),
};

/** 3 is what ntfy takes for usual; from 4 on phones vibrate longer. */
const priorities: Readonly<Record<Severity, number>> = { error: 4, warning: 3, notice: 3, info: 2 };

export default defineNotifier({
  name: 'ntfy',
  summary: 'Publishes reports to a topic of ntfy.sh or of an ntfy server of your own.',
  config,
  destination: ({ url }) => new URL(url).host,
  // Beyond 4,096 bytes a message becomes an attachment.
  budget: { unit: 'bytes', limit: 4000 },
  markup: markups.markdown,
  ownTitle: true,
  request: ({ config: { url, topic, token }, report, title, text, plain, mention }) => ({
    method: 'POST',
    url,
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({
      topic,
      title,
      message: mention === null ? text : `${mention}\n${text}`,
      markdown: !plain,
      priority: priorities[report.severity],
      ...(report.hostUrl === null ? {} : { click: report.hostUrl }),
    }),
  }),
  // It answers 400 to what it does not take, whatever the form: a topic that may not be, an address that is none.
  answer: (response, usual) =>
    usual.outcome !== 'downgrade' || isAboutMessage(response) ? usual : { outcome: 'permanent', why: usual.why },
});

const isAboutMessage = (response: HttpResponse | Error) =>
  !(response instanceof Error) && /message/.test(response.body);
