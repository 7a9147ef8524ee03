import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DeliveryContext, HttpRequest, HttpResponse } from 'belfry/plugin';
import { createTestHost, reportFixtures, testNotifier } from 'belfry/testing';
import slack from '../../plugins/slack/index.ts';

const url = 'https://hooks.slack.com/services/T00000000/B00000000/abcdefghijklmnop';
const ok: HttpResponse = { status: 200, headers: {}, body: 'ok' };

interface Block {
  readonly type: string;
  readonly text?: { readonly text: string };
  readonly elements?: readonly { readonly text?: string; readonly elements?: readonly { readonly text: string }[] }[];
}
interface Payload {
  readonly text: string;
  readonly blocks?: readonly Block[];
}

async function deliver(
  name: string,
  own: object = {},
  respond: HttpResponse | Error = ok,
  form: DeliveryContext['form'] = 'full',
) {
  const requests: HttpRequest[] = [];
  const host = await createTestHost(slack, {
    config: { url, ...own },
    http: async (request) => {
      requests.push(request);
      if (respond instanceof Error) throw respond;
      return respond;
    },
  });
  const report = reportFixtures.find((one) => one.name === name)?.report;
  assert.ok(report);
  const answer = await host.deliver({ kind: report.kind, report, event: null }, { form });
  const payload = JSON.parse(requests[0]?.body ?? '{}') as Payload;
  return { answer, request: requests[0], payload, logged: host.logged };
}

/** What Slack refuses, from the limits of its block kit. */
function validate({ body = '' }: HttpRequest): undefined {
  const { text, blocks = [], ...rest } = JSON.parse(body) as Payload;
  assert.deepEqual(rest, { unfurl_links: false, unfurl_media: false });
  assert.ok(text.length > 0 && text.length <= 4000, `text of ${text.length}`);
  assert.ok(blocks.length <= 50, `${blocks.length} blocks`);
  let sum = 0;
  for (const { type, text: own, elements = [] } of blocks) {
    const inner = elements.flatMap((one) => [one.text ?? '', ...(one.elements ?? []).map((deep) => deep.text)]);
    sum += (own?.text.length ?? 0) + inner.join('').length;
    if (type === 'header') assert.ok(own && own.text.length > 0 && own.text.length <= 150, 'header');
    if (type === 'section')
      assert.ok(own && own.text.length > 0 && own.text.length <= 3000, `section of ${own?.text.length}`);
    if (type === 'context') assert.ok(elements.length > 0 && elements.length <= 10);
    if (type !== 'rich_text') for (const marked of [own?.text ?? '', ...inner]) assertHarmless(marked);
  }
  assert.ok(sum <= 9000, `${sum} characters`);
  return undefined;
}

/** Links and dates are ours; nothing else may be left between angle brackets, and no entity may be cut. */
function assertHarmless(marked: string): void {
  const rest = marked.replace(/<(?:https?:\/\/[^<>|]+\|changes|!date\^\d+\^[^<>|]+\|[^<>]*)>/g, '');
  assert.doesNotMatch(rest, /[<>]/);
  assert.doesNotMatch(rest, /&(?!amp;|lt;|gt;)/);
}

describe('slack', () => {
  test('shows what failed first, with its log as it is, then the rest', async () => {
    const { payload, answer } = await deliver('something of everything');
    assert.deepEqual(answer, { outcome: 'sent' });
    const [header, context, failed, log, divider, ...others] = payload.blocks ?? [];
    assert.equal(payload.text, '1 update failed on nas-01: have a look');
    assert.equal(header?.text?.text, '🔴 1 update failed on nas-01: have a look');
    assert.match(
      context?.elements?.[0]?.text ?? '',
      /^1 rolled back, 1 updated, .* · 37\u00a0checked · 3\u00a0m\u00a041\u00a0s · <!date\^/,
    );
    assert.equal(
      failed?.text?.text,
      '*web*  `1.0.0` → `1.1.0` · minor · <https://github.com/acme/web/releases|changes>\nhealth: unhealthy: web\n' +
        '↩︎ rolled back to 1.0.0 in 11 s, running\nLook at web.',
    );
    assert.equal(log?.elements?.[0]?.elements?.[0]?.text, 'web\nweb');
    assert.equal(divider?.type, 'divider');
    assert.match(
      others[0]?.text?.text ?? '',
      /^\*Updated\*\n\*web-2\* {2}`1\.0\.0` → `1\.1\.0` · minor · down for 1\.4 s · </,
    );
  });

  test('calls someone only where its configuration says so', async () => {
    const mention = { who: '<!subteam^S0123>' };
    const calls = async (name: string, form: DeliveryContext['form'] = 'full') =>
      JSON.stringify((await deliver(name, { mention }, ok, form)).payload).includes(mention.who);
    assert.equal(await calls('something of everything'), true);
    assert.equal(await calls('something of everything', 'text'), true);
    assert.equal(await calls('a sample: updated'), false);
    const { payload } = await deliver('what calls everyone');
    const marked = (payload.blocks ?? []).filter(({ type }) => type !== 'rich_text');
    assert.doesNotMatch(JSON.stringify(marked), /<!channel>|<@U123>/);
  });

  test('gives way to a template, and that to the built-in message where it fails', async () => {
    const made = await deliver('something of everything', {
      template: {
        title: '{{counts.failed}} of {{counts.checked}}',
        body: '{{#failed}}{{#bold}}{{name}}{{/bold}}{{/failed}}',
      },
    });
    assert.deepEqual([made.payload.text, made.payload.blocks], ['*web*', undefined]);
    const titled = await deliver('something of everything', {
      template: { title: '{{counts.failed}} of {{counts.checked}}' },
    });
    assert.equal(titled.payload.blocks?.[0]?.text?.text, '🔴 1 of 37');
    const long = await deliver('a name of ten thousand letters', {
      template: { body: `${'x'.repeat(9000)}{{title}}` },
    });
    assert.equal(long.payload.blocks?.[0]?.type, 'header');
  });

  test('is text alone after Slack has refused the blocks', async () => {
    const { payload } = await deliver('something of everything', {}, ok, 'text');
    assert.equal(payload.blocks, undefined);
    assert.match(payload.text, /^FAILED {2}1 update failed on nas-01: have a look\n/);
  });

  test('reads what Slack answers', async () => {
    const answer = async (status: number, body: string, headers = {}) =>
      (await deliver('nothing at all', {}, { status, body, headers })).answer;
    assert.deepEqual(await answer(429, 'rate_limited', { 'retry-after': '30' }), {
      outcome: 'retry',
      why: 'answered 429: rate_limited',
      after: 30_000,
    });
    assert.equal((await answer(400, 'invalid_blocks')).outcome, 'downgrade');
    assert.equal((await answer(400, 'msg_blocks_too_long')).outcome, 'shrink');
    assert.equal((await answer(404, 'no_service')).outcome, 'permanent');
    assert.equal((await answer(410, 'channel_is_archived')).outcome, 'permanent');
    assert.equal((await answer(500, 'rollup_error')).outcome, 'retry');
    assert.equal((await answer(200, '<html>')).outcome, 'permanent');
    const { answer: nobody } = await deliver('nothing at all', {}, new Error('hooks.slack.com: connect ECONNREFUSED'));
    assert.deepEqual(nobody, { outcome: 'retry', why: 'hooks.slack.com: connect ECONNREFUSED' });
  });

  test('names its destination without giving it away', () => {
    const destination = slack.destination?.({ url } as never) ?? '';
    assert.match(destination, /^hooks\.slack\.com#[0-9a-f]{8}$/);
  });

  test('sends every report there can be as Slack takes it', async () => {
    await testNotifier(slack, { config: { url }, accepts: validate });
  });
});
