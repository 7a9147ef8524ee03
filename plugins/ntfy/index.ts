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
  user: z.string().min(1).optional().describe('Whom to sign in as, where there is no token.'),
  password: z.string().min(1).optional().describe('The password that goes with it.').meta({ writeOnly: true }),
};

/** 3 is what ntfy takes for usual; from 4 on phones vibrate longer. */
const priorities: Readonly<Record<Severity, number>> = { error: 4, warning: 3, notice: 3, info: 2 };

export default defineNotifier({
  name: 'ntfy',
  summary: 'Publishes reports to a topic of ntfy.sh or of an ntfy server of your own.',
  config,
  check: ({ token, user, password }) => {
    if ((user === undefined) !== (password === undefined)) return 'Give both `user` and `password`, or neither.';
    return token === undefined || user === undefined ? undefined : 'Give a `token`, or `user` and `password`.';
  },
  destination: ({ url }) => new URL(url).host,
  // Beyond 4,096 bytes a message becomes an attachment.
  budget: { unit: 'bytes', limit: 4000 },
  markup: markups.markdown,
  ownTitle: true,
  request: ({ config, config: { url, topic }, report, title, text, plain, mention }) => ({
    method: 'POST',
    url,
    headers: {
      'content-type': 'application/json',
      ...authorization(config),
    },
    body: JSON.stringify({
      topic,
      ...(title === '' ? {} : { title }),
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

function authorization({ token, user, password }: Credentials) {
  if (token !== undefined) return { authorization: `Bearer ${token}` };
  if (user === undefined) return {};
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}

interface Credentials {
  readonly token?: string | undefined;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
}

const isAboutMessage = (response: HttpResponse | Error) =>
  !(response instanceof Error) && /message/.test(response.body);
