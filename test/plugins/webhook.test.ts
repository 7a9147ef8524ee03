import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { BelfryEvent } from '../../core/events.ts';
import { silentLog } from '../../core/log.ts';
import { eventReport } from '../../core/notifier/build-report.ts';
import type { HttpRequest, HttpResponse, Message, PluginContext } from '../../core/plugin.ts';
import webhook from '../../plugins/webhook/index.ts';
import { say } from '../journal/sample.ts';

type Config = Parameters<typeof webhook.setup>[0]['config'];

async function configure(given: unknown): Promise<Config | readonly string[]> {
  const result = await webhook.config?.['~standard'].validate(given);
  if (result?.issues) return result.issues.map(({ message }) => message);
  return (result as { value: Config }).value;
}

const unused = async () => {
  throw new Error('not needed here');
};

/** Delivers one message, and returns the request it made and the answer it gave. */
async function deliver(given: object, message: Message, respond: () => Promise<HttpResponse>) {
  const requests: HttpRequest[] = [];
  const context: PluginContext<Config> = {
    instance: 'webhook',
    folder: '/',
    config: (await configure(given)) as Config,
    log: silentLog,
    http: (request) => {
      requests.push(request);
      return respond();
    },
    now: () => new Date('2026-08-22T12:00:00Z'),
    sleep: unused,
    timeZone: 'UTC',
    signal: new AbortController().signal,
    state: unused,
    routes: unused,
    logs: unused,
    exec: unused,
    registry: { manifest: unused, blob: unused },
  };
  const wiring = await webhook.setup(context);
  const { signal } = new AbortController();
  const answer = await wiring.deliver?.(message, { id: 'msg_1', attempt: 1, form: 'full', signal });
  return { request: requests[0], answer };
}

const ok = async (): Promise<HttpResponse> => ({ status: 200, headers: {}, body: '' });
const url = 'https://example.org/hook';
const messageOf = (event: BelfryEvent): Message => {
  const report = eventReport(event, { id: 'msg_1', now: new Date(event.time) });
  return { kind: report.kind, report, event };
};
const event = messageOf(say.found('new'));

describe('the webhook', () => {
  test('posts the message as JSON with its id', async () => {
    const { request, answer } = await deliver({ url }, event, ok);
    assert.deepEqual(answer, { outcome: 'sent' });
    assert.equal(request?.method, 'POST');
    assert.equal(request?.url, url);
    assert.equal(request?.timeout, 15_000);
    assert.deepEqual(request?.headers, {
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'belfry',
      'webhook-id': 'msg_1',
    });
    assert.deepEqual(JSON.parse(request?.body ?? ''), { schema: 1, id: 'msg_1', ...event });
  });

  test('posts a report under its own key', async () => {
    const message = messageOf(say.finished());
    const { request } = await deliver({ url }, message, ok);
    assert.deepEqual(JSON.parse(request?.body ?? ''), { schema: 1, id: 'msg_1', ...message });
  });

  test('sends the headers it is given, but its own win', async () => {
    const headers = { Authorization: 'Bearer x', 'Webhook-Id': 'mine' };
    const { request } = await deliver({ url, headers, timeout: 5 }, event, ok);
    assert.equal(request?.headers?.authorization, 'Bearer x');
    assert.equal(request?.headers?.['webhook-id'], 'msg_1');
    assert.equal(request?.timeout, 5000);
  });

  test('follows no redirect, and tries again where nobody answers', async () => {
    const moved = await deliver({ url }, event, async () => ({ status: 302, headers: { location: '/x' }, body: '' }));
    assert.equal(moved.answer?.outcome, 'permanent');
    const nobody = await deliver({ url }, event, async () => {
      throw new Error('connect ECONNREFUSED');
    });
    assert.deepEqual(nobody.answer, { outcome: 'retry', why: 'connect ECONNREFUSED' });
  });

  test('takes http and https addresses and whole headers only', async () => {
    const wrong = [
      {},
      { url: 'ftp://example.org' },
      { url: 'file:///etc/passwd' },
      { url: 'example.org' },
      { url, timeout: 60 },
      { url, headers: { a: 'b\r\nc: d' } },
      { url, headers: { 'a b': 'c' } },
      { url, events: ['delivered'] },
      { url, delivery: 'never' },
      { url, colour: 'red' },
    ];
    for (const given of wrong) assert.ok(Array.isArray(await configure(given)), JSON.stringify(given));
    assert.ok(
      !Array.isArray(await configure({ url: 'http://127.0.0.1:8080/x', delivery: 'immediate', events: ['failed'] })),
    );
  });

  test('names the host as its destination', async () => {
    assert.equal(webhook.destination?.((await configure({ url })) as Config), 'example.org');
  });
});
