import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DeliveryContext, HttpRequest, HttpResponse } from 'belfry/plugin';
import { createTestHost, reportFixtures, testNotifier, testPlugin } from 'belfry/testing';
import teams from '../../plugins/teams/index.ts';

const url = 'https://prod-1.westeurope.logic.azure.com:443/workflows/abc/triggers/manual/paths/invoke?sig=s3cr3ts3cr3t';
const taken: HttpResponse = { status: 202, headers: {}, body: '' };

type Node = Readonly<Record<string, unknown>> & { readonly type: string };

async function deliver(
  name: string,
  own: object = {},
  respond: HttpResponse | Error = taken,
  form: DeliveryContext['form'] = 'full',
) {
  const requests: HttpRequest[] = [];
  const host = await createTestHost(teams, {
    config: { url, ...own },
    http: async (request) => {
      requests.push(request);
      if (respond instanceof Error) throw respond;
      return respond;
    },
  });
  const report = reportFixtures.find((one) => one.name === name)?.report ?? assert.fail(name);
  const answer = await host.deliver({ kind: report.kind, report, event: null }, { form });
  return { answer, card: cardIn(requests[0] ?? assert.fail('no request')) };
}

function cardIn({ body = '' }: HttpRequest): Node & { readonly body: readonly Node[] } {
  return JSON.parse(body).attachments[0].content;
}

/** The keys each element may have; nothing else is sent. */
const shapes: Readonly<Record<string, readonly string[]>> = {
  Container: ['style', 'bleed', 'spacing', 'items', 'id', 'isVisible'],
  ColumnSet: ['columns', 'spacing'],
  Column: ['width', 'items'],
  TextBlock: [
    ...['text', 'wrap', 'style', 'size', 'weight', 'color', 'isSubtle', 'spacing', 'separator'],
    'horizontalAlignment',
  ],
  RichTextBlock: ['inlines', 'spacing', 'separator'],
  TextRun: ['text', 'size', 'weight', 'color', 'isSubtle', 'fontType'],
  ActionSet: ['actions'],
  'Action.OpenUrl': ['title', 'url'],
  'Action.ToggleVisibility': ['title', 'targetElements'],
};
const values: Readonly<Record<string, readonly unknown[]>> = {
  size: ['Small', 'Default', 'Medium', 'Large', 'ExtraLarge'],
  weight: ['Bolder'],
  color: ['Default', 'Attention', 'Good', 'Accent', 'Warning'],
  spacing: ['None', 'Small', 'Medium'],
  fontType: ['Monospace'],
  isSubtle: [true],
  separator: [true],
  wrap: [true],
  horizontalAlignment: ['Center'],
};
const inside: Readonly<Record<string, readonly string[]>> = {
  columns: ['Column'],
  inlines: ['TextRun'],
  actions: ['Action.OpenUrl', 'Action.ToggleVisibility'],
  items: ['Container', 'ColumnSet', 'TextBlock', 'RichTextBlock', 'ActionSet'],
};

/** As strict as Teams, which says nothing when it drops a card. */
function validate({ method, headers = {}, body = '' }: HttpRequest): HttpResponse {
  assert.equal(method, 'POST');
  assert.equal(headers['content-type'], 'application/json');
  assert.ok(Buffer.byteLength(body) <= 20_000, `${Buffer.byteLength(body)} bytes`);
  const { type, attachments } = JSON.parse(body);
  assert.deepEqual([type, attachments.length], ['message', 1]);
  assert.equal(attachments[0].contentType, 'application/vnd.microsoft.card.adaptive');
  const { body: elements, actions = [], fallbackText, msteams, $schema, ...rest } = attachments[0].content;
  assert.deepEqual(rest, { type: 'AdaptiveCard', version: '1.5' });
  assert.match($schema, /adaptive-card\.json$/);
  assert.equal(msteams.width, 'Full');
  assert.ok(fallbackText.length > 0);
  const ids: string[] = [];
  const targets: string[] = [];
  checkList('items', elements, ids, targets);
  checkList('actions', actions, ids, targets);
  assert.equal(new Set(ids).size, ids.length, 'ids stand once');
  for (const target of targets) assert.ok(ids.includes(target), target);
  return taken;
}

function checkList(key: string, list: readonly Node[], ids: string[], targets: string[]): void {
  for (const { type, ...own } of list) {
    assert.ok(inside[key]?.includes(type), `${type} in ${key}`);
    for (const [name, value] of Object.entries(own)) {
      assert.ok(shapes[type]?.includes(name), `${type} has ${name}`);
      if (name in inside) checkList(name, value as readonly Node[], ids, targets);
      else if (name in values) assert.ok(values[name]?.includes(value), `${name}: ${value}`);
    }
    if (own.id !== undefined) ids.push(String(own.id));
    if (own.targetElements !== undefined) targets.push(...(own.targetElements as string[]));
    if (type === 'TextBlock') assertHarmless(String(own.text));
    if (type === 'TextRun') assert.doesNotMatch(String(own.text), /<\/?at\b|\{\{|^$/i);
    if (type === 'Action.OpenUrl') assert.match(String(own.url), /^https?:\/\//);
  }
}

/** Our own links, dates and calls aside, no sign of markup stands unescaped. */
function assertHarmless(text: string): void {
  assert.notEqual(text, '');
  const rest = text
    .replace(/^\[changes\]\(https?:\/\/[^()\s]+\)$/, '')
    .replace(/^<at>Ada<\/at>$/, '')
    .replace(/\{\{DATE\([\dTZ:-]+, SHORT\)\}\} \{\{TIME\([\dTZ:-]+\)\}\}$/, '')
    .replace(/\\./gs, '');
  assert.doesNotMatch(rest, /[*_~`[\]()<>#|!\\]|\{\{/);
}

/** Every text of a card in the order in which it is read. */
const textsOf = (node: unknown): readonly string[] => {
  if (Array.isArray(node)) return node.flatMap(textsOf);
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) => (key === 'text' ? [String(value)] : textsOf(value)));
};

describe('teams', () => {
  test('is a whole plugin', () =>
    testPlugin(teams, {
      valid: [{ url }, { url, mention: { who: 'Ada Lovelace <ada@example.org>' } }],
      invalid: [
        {},
        { url: 'teams' },
        { url: 'https://outlook.office.com/webhook/a@b/IncomingWebhook/c/d' },
        { url: 'https://acme.webhook.office.com/webhookb2/a@b/IncomingWebhook/c/d' },
        { url, mention: { who: '@ada' } },
      ],
    }));

  test('says what to do about the address of a retired connector', async () => {
    const config = { url: 'https://acme.webhook.office.com/webhookb2/a' };
    await assert.rejects(createTestHost(teams, { config }), /retired.*make a workflow/s);
  });

  test('sends every report there can be as a card that Teams shows', () =>
    testNotifier(teams, { config: { url }, accepts: validate }));

  test('shows what failed first, with its log behind a button, then rows', async () => {
    const { card, answer } = await deliver('something of everything');
    assert.deepEqual(answer, { outcome: 'accepted' });
    const [header, strip, failed, heading, row] = card.body;
    assert.equal(header?.style, 'attention');
    assert.equal(textsOf(header)[0], '🔴 1 update failed on nas-01: have a look');
    assert.deepEqual(textsOf(strip).slice(0, 4), ['1', 'failed', '1', 'updated']);
    assert.deepEqual(textsOf(failed), [
      ...['web', '1.0.0 → 1.1.0', ' · minor', 'health: unhealthy: web'],
      ...['↩︎ rolled back to 1.0.0 in 11 s, running', 'Look at web.'],
      ...['[changes](https://github.com/acme/web/releases)', 'web', 'web'],
    ]);
    const log = ((failed?.items ?? []) as readonly Node[]).find(({ id }) => id !== undefined);
    assert.equal(log?.isVisible, false);
    assert.equal(heading?.text, 'Updated');
    assert.deepEqual(textsOf(row), [
      ...['web-2', '1.0.0 → 1.1.0', ' ', 'minor · down for 1.4 s'],
      '[changes](https://github.com/acme/web/releases)',
    ]);
    assert.deepEqual(
      (card.actions as readonly Node[]).map(({ title }) => title),
      ['Release notes'],
    );
  });

  test('calls someone only where its configuration says so', async () => {
    const mention = { who: 'Ada <ada@example.org>' };
    const { card } = await deliver('something of everything', { mention });
    assert.ok(textsOf(card).includes('<at>Ada</at>'));
    assert.deepEqual((card.msteams as { entities: unknown }).entities, [
      { type: 'mention', text: '<at>Ada</at>', mentioned: { id: 'ada@example.org', name: 'Ada' } },
    ]);
    assert.ok(!textsOf((await deliver('a sample: updated', { mention })).card).includes('<at>Ada</at>'));
  });

  test('gives way to a template', async () => {
    const template = {
      body: '{{#failed}}{{#bold}}{{name}}{{/bold}} {{#code}}{{image.display}}{{/code}}\n_x_{{/failed}}',
    };
    const { card } = await deliver('something of everything', { template });
    assert.equal(textsOf(card.body[1])[0], '**web** web:v1\n\n_x_');
  });

  test('is lines without any markup where Teams has refused the card', async () => {
    const { card } = await deliver('what calls everyone', {}, taken, 'text');
    assert.deepEqual([...new Set(card.body.slice(1).map(({ type }) => type))], ['RichTextBlock']);
  });

  test('reads what the workflow answers', async () => {
    const answer = async (status: number, body: string) =>
      (await deliver('nothing at all', {}, { status, body, headers: {} })).answer;
    assert.equal((await answer(200, '')).outcome, 'sent');
    assert.equal((await answer(400, '{"error":{"code":"TriggerInputSchemaMismatch"}}')).outcome, 'downgrade');
    const off = await answer(400, '{"error":{"code":"WorkflowTriggerIsNotEnabled"}}');
    assert.match(off.outcome === 'permanent' ? off.why : '', /turned off/);
    assert.equal((await answer(401, 'DirectApiAuthorizationRequired')).outcome, 'permanent');
    assert.equal((await answer(413, '')).outcome, 'shrink');
    assert.equal((await answer(429, '')).outcome, 'retry');
    assert.equal((await answer(502, '')).outcome, 'retry');
  });
});
