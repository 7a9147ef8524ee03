import { clip, defineNotifier, hiddenDestination, type Markup, markups } from 'belfry/notifier';
import { type HttpResponse, type Severity, z } from 'belfry/plugin';

const config = {
  url: z
    .url({ protocol: /^https?$/ })
    .describe('The address of a webhook, such as `https://discord.com/api/webhooks/…`. It is a secret.')
    .meta({ writeOnly: true }),
  username: z
    .string()
    .min(1)
    .max(80)
    .optional()
    .describe('The name that messages appear under; the webhook’s own unless given.'),
  thread: z.string().regex(/^\d+$/).optional().describe('The id of a thread of the channel to post to.'),
};

/** Discord knows one kind of fence, so back-ticks within stand apart from those around. */
const fenced = (raw: string) => raw.replaceAll('`', 'ˋ');
const markup: Markup = {
  ...markups.markdown,
  code: (raw) => (raw.trim() === '' ? '' : `\`${fenced(raw.replace(/\s+/g, ' '))}\``),
  block: (raw) => `\`\`\`\n${fenced(raw)}\n\`\`\``,
};

const colours: Readonly<Record<Severity, number>> = {
  error: 0xc4314b,
  warning: 0xd29922,
  notice: 0x237b4b,
  info: 0x4f6bed,
};

export default defineNotifier({
  name: 'discord',
  summary: 'Posts reports to a Discord channel through a webhook.',
  config,
  destination: ({ url }) => hiddenDestination(url),
  // A description holds 4,096; title and what calls somebody come on top.
  budget: { unit: 'utf-16', limit: 4000 },
  markup,
  ownTitle: true,
  request: ({ config: { url, username, thread }, report, title, text, plain, mention }) => ({
    method: 'POST',
    url: withQuery(url, { wait: 'true', ...(thread === undefined ? {} : { thread_id: thread }) }),
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      ...(username === undefined ? {} : { username }),
      ...(mention === null ? {} : { content: clip(mention, 1900) }),
      // What stands in an embed calls nobody; what the configuration says may.
      allowed_mentions: { parse: mention === null ? [] : ['users', 'roles', 'everyone'] },
      embeds: [
        {
          ...(title === '' ? {} : { title: clip(title, 250) }),
          description: plain ? markup.block(text) : text,
          color: colours[report.severity],
          timestamp: report.cycle.finishedAt,
          ...(report.hostUrl === null ? {} : { url: report.hostUrl }),
        },
      ],
    }),
  }),
  answer: (response, usual) =>
    usual.outcome === 'retry' && usual.after === undefined ? { ...usual, ...waitIn(response) } : usual,
});

function withQuery(url: string, query: Readonly<Record<string, string>>): string {
  const whole = new URL(url);
  for (const [name, value] of Object.entries(query)) whole.searchParams.set(name, value);
  return whole.href;
}

/** `{"retry_after": 0.65}`, in seconds, where no header says it. */
function waitIn(response: HttpResponse | Error): { readonly after?: number } {
  const said = response instanceof Error ? null : /"retry_after"\s*:\s*(\d+(?:\.\d+)?)/.exec(response.body);
  return said === null ? {} : { after: Math.max(1000, Math.ceil(Number(said[1]) * 1000)) };
}
