import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { HttpRequest, HttpResponse } from 'belfry/plugin';
import { createTestHost, reportFixtures, testNotifier, testPlugin } from 'belfry/testing';
import discord from '../../plugins/discord/index.ts';

const url = 'https://discord.com/api/webhooks/1234567890/a-token_that-is-secret';
const config = { url };

interface Payload {
  readonly content?: string;
  readonly allowed_mentions: { readonly parse: readonly string[] };
  readonly embeds: readonly {
    readonly title: string;
    readonly description: string;
    readonly color: number;
    readonly timestamp: string;
  }[];
}

/** What Discord refuses, from the limits of its API. */
function validate({ body = '', ...request }: HttpRequest): undefined {
  assert.equal(request.url, `${url}?wait=true`);
  const { content, allowed_mentions: mentions, embeds } = JSON.parse(body) as Payload;
  assert.equal(content, undefined);
  assert.deepEqual(mentions, { parse: [] });
  assert.equal(embeds.length, 1);
  for (const { title, description, color, timestamp } of embeds) {
    assert.ok(title.length > 0 && title.length <= 256);
    assert.ok(description.length > 0 && description.length <= 4096, `${description.length}`);
    assert.ok(title.length + description.length <= 6000);
    assert.ok(color >= 0 && color <= 0xffffff && !Number.isNaN(Date.parse(timestamp)));
    // Every fence that opens is closed by the same.
    assert.equal((description.match(/```/g) ?? []).length % 2, 0);
  }
  return undefined;
}

async function deliver(own: object = {}, answer: HttpResponse = { status: 200, headers: {}, body: '{}' }) {
  const requests: HttpRequest[] = [];
  const http = async (request: HttpRequest) => {
    requests.push(request);
    return answer;
  };
  const host = await createTestHost(discord, { config: { ...config, ...own }, http });
  const report = reportFixtures.find(({ name }) => name === 'something of everything')?.report ?? assert.fail();
  const outcome = await host.deliver({ kind: report.kind, report, event: null });
  return { outcome, request: requests[0], payload: JSON.parse(requests[0]?.body ?? '{}') as Payload };
}

describe('discord', () => {
  test('is a whole plugin', () =>
    testPlugin(discord, { valid: [config], invalid: [{}, { url: 'discord' }, { url, thread: 'general' }] }));

  test('takes every report there can be', () => testNotifier(discord, { config, accepts: validate }));

  test('calls whom the configuration names, and nobody else', async () => {
    const mention = { who: '<@&42>', on: ['failed'] };
    const { payload, request } = await deliver({ mention, thread: '77' });
    assert.equal(payload.content, '<@&42>');
    assert.ok(!payload.embeds[0]?.description.includes('<@&42>'));
    assert.equal(new URL(request?.url ?? '').searchParams.get('thread_id'), '77');
  });

  test('waits as long as the answer says, in whichever place', async () => {
    const limited = { status: 429, headers: {}, body: '{"message":"…","retry_after":2.5,"global":false}' };
    assert.equal((await deliver({}, limited)).outcome.outcome, 'retry');
    assert.equal(((await deliver({}, limited)).outcome as { readonly after?: number }).after, 2500);
    const header = { ...limited, headers: { 'retry-after': '7' } };
    assert.equal(((await deliver({}, header)).outcome as { readonly after?: number }).after, 7000);
  });

  test('gives up where the webhook was deleted', async () => {
    assert.equal((await deliver({}, { status: 404, headers: {}, body: '' })).outcome.outcome, 'permanent');
  });

  test('never shows its address', () => {
    const shown = discord.destination?.({ url } as never) ?? '';
    assert.match(shown, /^discord\.com#[0-9a-f]{8}$/);
  });
});
