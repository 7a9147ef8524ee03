import { clean, defineNotifier } from 'belfry/notifier';
import { z } from 'belfry/plugin';
import { htmlOf, type Page, pageOf } from './html.ts';
import { addressIn, mailOf } from './message.ts';
import { send } from './send.ts';

const address = z
  .string()
  .refine((text) => addressIn(text) !== null, 'Write an address as `ops@example.org` or `Ops <ops@example.org>`.');

const config = {
  host: z.string().min(1).describe('The mail server that takes the messages, such as `smtp.example.org`.'),
  port: z
    .number()
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .describe('Its port; 587 unless given, 465 with `tls`, 25 with `none` and `opportunistic`.'),
  security: z
    .enum(['starttls', 'tls', 'opportunistic', 'none'])
    .default('starttls')
    .describe(
      '`starttls`: the connection is encrypted before anything is sent, or nothing is sent; `tls`: it is encrypted from the beginning; `opportunistic`: it is encrypted where the server offers that; `none`: it is not.',
    ),
  ca: z
    .string()
    .min(1)
    .optional()
    .describe('The certificate of an authority of your own, in PEM; a `file:` reference takes it from a file.'),
  user: z.string().min(1).optional().describe('Whom to sign in as, where the server wants that.'),
  password: z.string().min(1).optional().describe('The password that goes with it.').meta({ writeOnly: true }),
  from: address.describe('Whom the messages are from, such as `Belfry <belfry@example.org>`.'),
  to: z.array(address).min(1).describe('Whom they go to.'),
  subjectTag: z.string().min(1).max(60).optional().describe('What subjects begin with, such as `[nas]`.'),
  thread: z
    .enum(['host', 'month', 'none'])
    .default('month')
    .describe(
      'Which messages mail programs show as one thread: all of a host, those of a month, or none; what fails is in a thread of its own.',
    ),
};

export default defineNotifier<typeof config, Page>({
  name: 'email',
  summary: 'Sends reports by mail.',
  config,
  check: ({ user, password, security, host, mention }) => {
    if ((user === undefined) !== (password === undefined)) return 'Give both `user` and `password`, or neither.';
    const open = security === 'none' || security === 'opportunistic';
    if (password !== undefined && open && !isLoopback(host)) {
      const may = security === 'none' ? 'would' : 'might';
      return `With \`${security}\` the password ${may} cross the network for everyone to read; take \`starttls\` or \`tls\`.`;
    }
    return mention === undefined || addressIn(mention.who) !== null
      ? undefined
      : 'Write whom to call by mail as an address.';
  },
  destination: ({ host }) => host,
  // Gmail hides what comes after 102 kB.
  budget: { unit: 'bytes', limit: 100_000 },
  markup: htmlOf,
  layout: pageOf,
  measure: (content) => ({ size: Buffer.byteLength(typeof content === 'string' ? content : content.html) + frame }),
  preview: mailOf,
  async send(outgoing) {
    const { config, signal, log } = outgoing;
    const { answer, refused } = await send(config, mailOf(outgoing), signal);
    for (const { to, why } of refused) log.warn(`the mail server does not deliver to ${to}: ${clean(why)}`);
    return answer;
  },
});

/** What stands around a text of the user's own. */
const frame = 4000;

const isLoopback = (host: string) => host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
