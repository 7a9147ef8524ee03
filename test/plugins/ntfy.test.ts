import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { HttpRequest, HttpResponse } from 'belfry/plugin';
import { createTestHost, reportFixtures, testNotifier, testPlugin } from 'belfry/testing';
import ntfy from '../../plugins/ntfy/index.ts';

const config = { topic: 'belfry-nas' };
const valid = [config, { ...config, url: 'http://ntfy:80', token: 'tk_1' }];
const invalid = [
  { ...config, user: 'me' },
  { ...config, user: 'me', password: 'x', token: 'tk_1' },
  {},
  { topic: 'no spaces' },
  { topic: 'x', url: 'ftp://x' },
  { topic: 'x', colour: 'red' },
];

/** What ntfy refuses, or turns into an attachment. */
function validate({ method, url, body = '' }: HttpRequest): undefined {
  const { topic, title, message, markdown, priority, ...rest } = JSON.parse(body) as Record<string, unknown>;
  assert.deepEqual([method, url, topic], ['POST', 'https://ntfy.sh', 'belfry-nas']);
  assert.ok(Object.keys(rest).every((key) => key === 'click'));
  assert.ok(Number(priority) >= 1 && Number(priority) <= 5);
  assert.equal(typeof markdown, 'boolean');
  assert.ok(typeof title === 'string' && title.length > 0 && title.length <= 250);
  assert.ok(typeof message === 'string' && message !== '' && Buffer.byteLength(message) <= 4096);
  return undefined;
}

async function deliver(
  name: string,
  own: object = {},
  answer: HttpResponse = { status: 200, headers: {}, body: '{}' },
) {
  const requests: HttpRequest[] = [];
  const http = async (request: HttpRequest) => {
    requests.push(request);
    return answer;
  };
  const host = await createTestHost(ntfy, { config: { ...config, ...own }, http });
  const report = reportFixtures.find((one) => one.name === name)?.report ?? assert.fail(name);
  const outcome = await host.deliver({ kind: report.kind, report, event: null });
  return { outcome, request: requests[0], body: JSON.parse(requests[0]?.body ?? '{}') };
}

describe('ntfy', () => {
  test('signs in by name where there is no token, and takes no half of it', async () => {
    const { request } = await deliver('something of everything', { user: 'me', password: 'canary-word' });
    assert.equal(request?.headers?.authorization, `Basic ${Buffer.from('me:canary-word').toString('base64')}`);
    const { body } = await deliver('something of everything', { tag: 'nas', skipTitle: true });
    assert.deepEqual(
      [body.title, String(body.message).startsWith('**\\[nas\\] 1 update failed')],
      [undefined, true],
      body.message,
    );
  });

  test('is a whole plugin', () => testPlugin(ntfy, { valid, invalid }));

  test('takes every report there can be', () => testNotifier(ntfy, { config, accepts: validate }));

  test('rings louder where someone must act, and shows its token to the server alone', async () => {
    const { request, body } = await deliver('something of everything', { token: 'tk_secret' });
    assert.equal(body.priority, 4);
    assert.equal(request?.headers?.authorization, 'Bearer tk_secret');
    assert.ok(!request?.body?.includes('tk_secret'));
  });

  test('waits as it is told, gives up where it may not publish, and shortens what is too long', async () => {
    const answer = (status: number, headers = {}, body = '') =>
      deliver('something of everything', {}, { status, headers, body }).then(({ outcome }) => outcome);
    assert.deepEqual(await answer(429, { 'retry-after': '5' }), { outcome: 'retry', why: 'answered 429', after: 5000 });
    assert.equal((await answer(403)).outcome, 'permanent');
    assert.equal((await answer(413)).outcome, 'shrink');
    assert.equal((await answer(507)).outcome, 'retry');
    assert.equal((await answer(400, {}, '{"error":"invalid topic"}')).outcome, 'permanent');
  });
});
