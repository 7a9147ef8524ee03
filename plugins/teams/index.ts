import { defineNotifier, hiddenDestination } from 'belfry/notifier';
import { type HttpResponse, z } from 'belfry/plugin';
import { type Card, cardOf, cardOfText, layout } from './layout.ts';
import { teamsMarkup } from './markup.ts';
import { mentionOf } from './mention.ts';

const config = {
  url: z
    .url({ protocol: /^https?$/ })
    .describe('The address of a Teams workflow that begins when a webhook request is received. It is a secret.')
    .meta({ writeOnly: true }),
};

export default defineNotifier<typeof config, Card>({
  name: 'teams',
  summary: 'Posts reports to a Microsoft Teams channel or chat through a workflow.',
  config,
  check: ({ url, mention }) => {
    if (isConnector(url)) {
      return 'Microsoft has retired the connectors behind such an address; make a workflow in Teams instead ("Send webhook alerts to a channel") and give its address.';
    }
    return mention === undefined || mentionOf(mention.who) !== null
      ? undefined
      : 'Write whom to call in Teams as `Ada Lovelace <ada@example.org>`.';
  },
  destination: ({ url }) => hiddenDestination(url),
  // A message of 28 KB is refused, envelope included; some say of 21 already.
  budget: { unit: 'bytes', limit: 20_000 },
  markup: teamsMarkup,
  ownTitle: true,
  layout,
  measure: (content) => ({ size: sizeOf(typeof content === 'string' ? cardOfText(largest, content) : content) }),
  request: ({ config: { url }, report, title, content, text, plain, mention }) => ({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json' },
    body: bodyOf(content ?? cardOfText({ report, title, mention, plain }, text)),
  }),
  answer: (response, usual) =>
    usual.outcome === 'downgrade' && isOff(response)
      ? { outcome: 'permanent', why: `the workflow is turned off: ${usual.why}` }
      : usual,
});

/** What stands around a text at most. */
const largest = { report: null, title: 'x'.repeat(150), mention: null, plain: true };

const sizeOf = (card: Card) => Buffer.byteLength(bodyOf(card));

/** Workflows take nothing but a message with attachments. */
function bodyOf(card: Card): string {
  const attachment = {
    contentType: 'application/vnd.microsoft.card.adaptive',
    contentUrl: null,
    content: cardOf(card),
  };
  return JSON.stringify({ type: 'message', attachments: [attachment] });
}

function isConnector(url: string): boolean {
  const { hostname } = new URL(url);
  return (
    hostname === 'outlook.office.com' ||
    hostname === 'outlook.office365.com' ||
    /\.webhook\.office\.com$/.test(hostname)
  );
}

const isOff = (response: HttpResponse | Error) =>
  !(response instanceof Error) && /TriggerIsNotEnabled|WorkflowDisabled|WorkflowNotEnabled/i.test(response.body);
