import { defineNotifier, type Markup, markups, type Outgoing, reportText } from 'belfry/notifier';
import { z } from 'belfry/plugin';
import { isPrivate } from './private.ts';
import { signatures } from './signature.ts';

const header = z.string().regex(/^[^\r\n]*$/, 'A header is one line.');
const secret = z.string().regex(/^whsec_[A-Za-z0-9+/]+=*$/, 'A secret is `whsec_` and base64.');

const config = {
  url: z
    .url({ protocol: /^https?$/ })
    .describe('Where to POST to: `https://…`, or `http://…` within the local network.')
    .meta({ writeOnly: true }),
  mode: z
    .enum(['cloudevents', 'binary', 'report', 'raw', 'message', 'text'])
    .default('cloudevents')
    .describe(
      'What arrives: a CloudEvent with the report in it, the report with the CloudEvent in headers (`binary`), the `report` alone, the `raw` event of the journal, or what people read: a JSON object with a title and a `message`, or that as plain `text`.',
    ),
  keys: z
    .strictObject({
      title: z.string().min(1).default('title').describe('Where the title stands.'),
      message: z.string().min(1).default('message').describe('Where the text stands.'),
    })
    .prefault({})
    .describe('With `message`: the names in the object.'),
  fields: z
    .record(z.string().min(1), z.string())
    .default({})
    .describe('With `message`: what else the object holds, always the same.')
    .meta({ writeOnly: true }),
  method: z.enum(['POST', 'PUT']).default('POST').describe('How it is sent.'),
  secret: z
    .union([secret, z.array(secret).min(1)])
    .optional()
    .describe('Signs each message as Standard Webhooks does; of several, all sign, so that one can replace the other.')
    .meta({ writeOnly: true }),
  headers: z
    .record(z.string().regex(/^[\w-]+$/), header)
    .default({})
    .describe('More headers, such as `authorization`.')
    .meta({ writeOnly: true }),
  timeout: z.number().min(1).max(25).default(15).describe('Seconds for the whole exchange.'),
  allowInsecure: z.boolean().default(false).describe('Whether an `http:` address may lead out of the local network.'),
};
type Own = typeof config;

export default defineNotifier<Own, object>({
  name: 'webhook',
  summary: 'POSTs reports or events as JSON to a URL: CloudEvents, signed if wanted.',
  config,
  check: ({ url, allowInsecure }) =>
    new URL(url).protocol === 'https:' || allowInsecure || isPrivate(new URL(url).hostname)
      ? undefined
      : 'url: An http: address sends everything in clear text. Use https:, or set allowInsecure.',
  destination: ({ url }) => new URL(url).host,
  budget: { unit: 'bytes', limit: 60_000 }, // CloudEvents asks for 64 KiB; the envelope and headers need some.
  logLines: 20,
  markup: ({ mode }) => (mode === 'text' ? markups.plain : withinJson),
  ownTitle: true,
  layout: (report) => report,
  accepts: (text, { mode }) => mode === 'text' || isJson(text),
  request: (outgoing) => {
    const { config, id, now } = outgoing;
    const { headers, body } = payload(outgoing);
    const given = lowerCase(config.headers);
    return {
      method: config.method,
      url: config.url,
      headers: { ...given, ...headers, ...contentType(given), ...signed(config.secret, { id, now, body }) },
      body,
      timeout: config.timeout * 1000,
    };
  },
  // There is no plainer form of JSON, and whoever is gone for good says so.
  answer: (_, usual) => (usual.outcome === 'downgrade' ? { outcome: 'permanent', why: usual.why } : usual),
});

const inQuotes = (raw: string) => JSON.stringify(raw).slice(1, -1);

/** A template makes JSON, and what it fills in stands between quotes. */
const withinJson: Markup = {
  escape: inQuotes,
  bold: (text) => text,
  code: inQuotes,
  link: (url) => url,
  block: inQuotes,
};

interface Payload {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

function payload(outgoing: Outgoing<Own, object>): Payload {
  const { config, content, text, plain, report, message, scrub } = outgoing;
  if (content === null && !plain) {
    return { headers: type(config.mode === 'text' ? 'text/plain' : 'application/json'), body: text };
  }
  const { schema, kind, id, host, title, summary } = report;
  const data = content ?? { schema, kind, id, host, title, summary };
  if (config.mode === 'text')
    return { headers: type('text/plain'), body: reportText({ ...report, title: outgoing.title }) };
  if (config.mode === 'message') {
    const message = reportText({ ...report, title: outgoing.title }, { titled: false });
    const named = { [config.keys.title]: outgoing.title, [config.keys.message]: message };
    return { headers: type('application/json'), body: JSON.stringify({ ...config.fields, ...named }) };
  }
  if (config.mode === 'report') return { headers: type('application/json'), body: JSON.stringify(data) };
  if (config.mode === 'raw' && message.event !== null) {
    return { headers: type('application/json'), body: JSON.stringify(scrub(message.event)) };
  }
  const attributes = {
    specversion: '1.0',
    id: outgoing.id,
    source: `/hosts/${encodeURIComponent(host)}`,
    type: `belfry.${kind}.v1`,
    subject: `run/${report.cycle.id}`,
    time: report.cycle.finishedAt,
  };
  if (config.mode === 'binary') {
    const own = Object.entries(attributes).map(([name, value]) => [`ce-${name}`, ascii(value)] as const);
    return { headers: { ...Object.fromEntries(own), ...type('application/json') }, body: JSON.stringify(data) };
  }
  const event = { ...attributes, datacontenttype: 'application/json', data };
  return { headers: type('application/cloudevents+json'), body: JSON.stringify(event) };
}

/** The one header of ours that a receiver may want otherwise. */
const contentType = ({ 'content-type': type }: Readonly<Record<string, string>>) =>
  type === undefined ? {} : { 'content-type': type };

const type = (mime: string) => ({ 'content-type': `${mime}; charset=utf-8` });

/** CloudEvents’ HTTP binding, 3.1.3.2: what no header may hold is percent-encoded. */
const ascii = (value: string) => value.replace(/[^\x21-\x7e]|["%]/gu, (sign) => encodeURIComponent(sign));

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const lowerCase = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

function signed(
  secret: string | readonly string[] | undefined,
  { id, now, body }: { readonly id: string; readonly now: Date; readonly body: string },
) {
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const standard = { 'webhook-id': id, 'webhook-timestamp': timestamp };
  if (secret === undefined) return standard;
  const secrets = typeof secret === 'string' ? [secret] : secret;
  return { ...standard, 'webhook-signature': signatures(secrets, `${id}.${timestamp}.${body}`) };
}
