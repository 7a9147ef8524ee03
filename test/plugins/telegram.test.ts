import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { HttpRequest, HttpResponse } from 'belfry/plugin';
import { createTestHost, reportFixtures, testNotifier, testPlugin } from 'belfry/testing';
import { type Entity, markup, takeApart } from '../../plugins/telegram/entities.ts';
import telegram from '../../plugins/telegram/index.ts';

const token = '123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11';
const config = { token, chat: -1001234567890 };
const api = `https://api.telegram.org/bot${token}/sendMessage`;

interface Payload {
  readonly chat_id: number | string;
  readonly text: string;
  readonly entities: readonly Entity[];
  readonly parse_mode?: string;
  readonly disable_notification: boolean;
}

/** What Telegram refuses. */
function validate({ url, body = '' }: HttpRequest): undefined {
  assert.equal(url, api);
  const { text, entities, parse_mode: mode } = JSON.parse(body) as Payload;
  assert.equal(mode, undefined);
  assert.ok(text.trim().length > 0 && text.length <= 4096, `${text.length}`);
  assert.ok(entities.length <= 100);
  assert.doesNotMatch(text, /[\uE000-\uE005]/);
  for (const { type, offset, length, url: to } of entities) {
    assert.ok(length > 0 && offset >= 0 && offset + length <= text.length);
    if (type === 'text_link') assert.match(to ?? '', /^https?:/);
  }
  return undefined;
}

const ok: HttpResponse = { status: 200, headers: {}, body: '{"ok":true}' };

async function deliver(name: string, own: object = {}, ...answers: readonly HttpResponse[]) {
  const payloads: Payload[] = [];
  const http = async ({ body = '' }: HttpRequest) => {
    payloads.push(JSON.parse(body) as Payload);
    return answers[payloads.length - 1] ?? ok;
  };
  const host = await createTestHost(telegram, { config: { ...config, ...own }, http });
  const report = reportFixtures.find((one) => one.name === name)?.report ?? assert.fail(name);
  return { outcome: await host.deliver({ kind: report.kind, report, event: null }), payloads };
}

describe('telegram', () => {
  test('is a whole plugin', () => {
    const invalid = [{}, { token }, { ...config, token: 'nonsense' }, { ...config, chat: 'my group' }];
    return testPlugin(telegram, { valid: [config, { token, chat: '@belfry', thread: 7 }], invalid });
  });

  test('takes every report there can be', () => testNotifier(telegram, { config, accepts: validate }));

  test('is heard where someone must act', async () => {
    const { payloads } = await deliver('something of everything', { mention: { who: '@ops', on: ['failed'] } });
    assert.equal(payloads[0]?.disable_notification, false);
    assert.match(payloads[0]?.text ?? '', /@ops$/);
  });

  test('follows a group that has become a supergroup', async () => {
    const moved = { status: 400, headers: {}, body: '{"ok":false,"parameters":{"migrate_to_chat_id":-100777}}' };
    const { outcome, payloads } = await deliver('something of everything', {}, moved);
    assert.equal(outcome.outcome, 'sent');
    assert.deepEqual(
      payloads.map(({ chat_id: chat }) => chat),
      [-1001234567890, -100777],
    );
  });

  test('reads what Telegram means by its answers', async () => {
    const answer = (status: number, body: object) =>
      deliver('something of everything', {}, { status, headers: {}, body: JSON.stringify(body) }).then(
        ({ outcome }) => outcome,
      );
    const limited = await answer(429, { parameters: { retry_after: 33 } });
    assert.deepEqual([limited.outcome, 'after' in limited && limited.after], ['retry', 33_000]);
    assert.equal((await answer(403, { description: 'Forbidden: bot was blocked by the user' })).outcome, 'permanent');
    assert.equal((await answer(400, { description: 'Bad Request: chat not found' })).outcome, 'permanent');
    assert.equal((await answer(400, { description: 'Bad Request: message is too long' })).outcome, 'shrink');
    assert.equal((await answer(400, { description: 'Bad Request: entity out of range' })).outcome, 'downgrade');
  });
});

test('marks become ranges of the bare text, whatever is in it', () => {
  const { bold, code, link, block } = markup;
  const marked = `${bold(`a${code('b\uE004')}`)} ${link('https://x.y/', markup.escape('c\uE000'))}\n${block('d')}${bold('')}`;
  assert.deepEqual(takeApart(marked), {
    text: 'ab c\nd',
    entities: [
      { type: 'code', offset: 1, length: 1 },
      { type: 'bold', offset: 0, length: 2 },
      { type: 'text_link', offset: 3, length: 1, url: 'https://x.y/' },
      { type: 'pre', offset: 5, length: 1 },
    ],
  });
});
