import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, test } from 'node:test';
import type { HttpRequest, HttpResponse, Message } from 'belfry/plugin';
import { createTestHost, reportFixtures, sampleFinished, sampleLine, testNotifier } from 'belfry/testing';
import webhook from '../../plugins/webhook/index.ts';

const url = 'https://example.org/hook';
const ok: HttpResponse = { status: 200, headers: {}, body: '' };

function fixture(name: string): Message {
  const found = reportFixtures.find((one) => one.name === name);
  assert.ok(found);
  return {
    kind: found.report.kind,
    report: found.report,
    event: sampleFinished([sampleLine('web', { state: 'failed' })]),
  };
}
const message = fixture('something of everything');

/** Delivers one message, and returns the request it made and the answer it gave. */
async function deliver(config: object, respond?: HttpResponse | Error) {
  const { request, answer } = await send(config, respond);
  return { answer, request, body: JSON.parse(request.body ?? '') };
}

async function send(config: object, respond: HttpResponse | Error = ok) {
  const requests: HttpRequest[] = [];
  const host = await createTestHost(webhook, {
    config,
    http: async (request) => {
      requests.push(request);
      if (respond instanceof Error) throw respond;
      return respond;
    },
  });
  const answer = await host.deliver(message);
  const [request] = requests;
  assert.ok(request);
  return { answer, request };
}

describe('the webhook', () => {
  test('posts a CloudEvent that holds the report', async () => {
    const { request, answer, body } = await deliver({ url });
    assert.deepEqual(answer, { outcome: 'sent' });
    assert.deepEqual([request.method, request.url, request.timeout], ['POST', url, 15_000]);
    assert.equal(request.headers?.['content-type'], 'application/cloudevents+json; charset=utf-8');
    assert.equal(request.headers?.['webhook-id'], 'msg_1');
    const { data, ...attributes } = body;
    assert.deepEqual(attributes, {
      specversion: '1.0',
      id: 'msg_1',
      source: '/hosts/nas-01',
      type: 'belfry.run.v1',
      subject: 'run/cyc_01j9zk3q5r7t',
      time: '2026-08-22T02:07:22.000Z',
      datacontenttype: 'application/json',
    });
    assert.equal(data.title, '1 update failed on nas-01: have a look');
    assert.equal(data.failed[0].logTail.length, 2);
  });

  test('puts the CloudEvent into headers, sends the report alone, or the event of the journal', async () => {
    const binary = await deliver({ url, mode: 'binary' });
    assert.equal(binary.request.headers?.['ce-specversion'], '1.0');
    assert.equal(binary.request.headers?.['ce-id'], 'msg_1');
    assert.equal(binary.body.schema, 1);
    const report = await deliver({ url, mode: 'report' });
    assert.deepEqual([report.body.kind, report.body.counts.failed], ['run', 1]);
    const raw = await deliver({ url, mode: 'raw' });
    assert.equal(raw.body.type, 'finished');
  });

  test('sends what people read, as an object or as text, under names and a method of the receiver’s', async () => {
    const { body } = await deliver({ url, mode: 'message', tag: 'nas' });
    assert.equal(body.title, '[nas] 1 update failed on nas-01: have a look');
    assert.match(body.message, /^1 rolled back.*\n {2}web {2}1\.0\.0 -> 1\.1\.0/s);
    const config = { mode: 'message', keys: { title: 'head' }, fields: { source: 'belfry' }, method: 'PUT' };
    const named = await deliver({ url, ...config });
    assert.equal(named.request.method, 'PUT');
    assert.deepEqual(Object.keys(named.body), ['source', 'head', 'message']);
    const text = await send({ url, mode: 'text', headers: { 'Content-Type': 'text/markdown' } });
    assert.equal(text.request.headers?.['content-type'], 'text/markdown');
    assert.match(text.request.body ?? '', /^FAILED {2}1 update failed on nas-01: have a look\n/);
  });

  test('signs as Standard Webhooks says, with the old and the new secret', async () => {
    const keys = [Buffer.from('the old key of the receiver'), Buffer.from('the new key of the receiver')];
    const secret = keys.map((key) => `whsec_${key.toString('base64')}`);
    const { request } = await deliver({ url, secret });
    const { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': signature } = request.headers ?? {};
    assert.equal(time, String(Date.parse('2026-01-01T00:00:00Z') / 1000));
    const sign = (key: Buffer) => createHmac('sha256', key).update(`${id}.${time}.${request.body}`).digest('base64');
    assert.equal(signature, keys.map((key) => `v1,${sign(key)}`).join(' '));
  });

  test('sends what a template makes, if that is JSON', async () => {
    const made = await deliver({
      url,
      template: { body: '{"text":"{{title}}","names":[{{#failed}}"{{name}}"{{/failed}}]}' },
    });
    assert.deepEqual(made.body, { text: '1 update failed on nas-01: have a look', names: ['web'] });
    const broken = await deliver({ url, mode: 'report', template: { body: '{"text":{{title}}}' } });
    assert.equal(broken.body.schema, 1);
    const { request } = await send({ url, mode: 'text', template: { body: 'say "{{title}}"' } });
    assert.equal(request.body, 'say "1 update failed on nas-01: have a look"');
    assert.match(request.headers?.['content-type'] ?? '', /^text\/plain/);
  });

  test('sends the headers it is given, but its own win', async () => {
    const headers = { Authorization: 'Bearer x', 'Webhook-Id': 'mine' };
    const { request } = await deliver({ url, headers, timeout: 5 });
    assert.deepEqual([request.headers?.authorization, request.headers?.['webhook-id']], ['Bearer x', 'msg_1']);
    assert.equal(request.timeout, 5000);
  });

  test('follows no redirect, gives up what is refused, and tries again where nobody answers', async () => {
    const answers = async (respond: HttpResponse | Error) => (await deliver({ url }, respond)).answer;
    assert.equal((await answers({ status: 302, headers: { location: '/x' }, body: '' })).outcome, 'permanent');
    assert.equal((await answers({ status: 400, headers: {}, body: 'no' })).outcome, 'permanent');
    assert.equal((await answers({ status: 413, headers: {}, body: '' })).outcome, 'shrink');
    assert.deepEqual(await answers(new Error('connect ECONNREFUSED')), {
      outcome: 'retry',
      why: 'connect ECONNREFUSED',
    });
  });

  test('shows no part of its address in what it says went wrong', async () => {
    const secret = 'https://example.org/hooks/8f14e45fceea167a5a36dedd4bea2543';
    const { answer } = await deliver({ url: secret }, { status: 404, headers: {}, body: `no ${secret} here` });
    assert.deepEqual(answer, { outcome: 'permanent', why: 'answered 404: no ••• here' });
  });

  test('takes http only within the local network, and whole headers', async () => {
    const wrong = async (config: object) => {
      const result = await webhook.config?.['~standard'].validate(config);
      return result?.issues?.map(({ message: text }) => text).join() ?? 'nothing';
    };
    for (const good of [
      'http://10.0.0.1/x',
      'http://hooks:8080/',
      'http://[fd00::1]/',
      'http://nas.lan/',
      'https://a.b/',
    ]) {
      assert.equal(await wrong({ url: good }), 'nothing', good);
    }
    for (const bad of ['http://example.org/', 'http://172.32.0.1/', 'ftp://example.org', 'example.org']) {
      assert.notEqual(await wrong({ url: bad }), 'nothing', bad);
    }
    assert.equal(await wrong({ url: 'http://example.org', allowInsecure: true }), 'nothing');
    assert.match(await wrong({ url, headers: { a: 'b\r\nc: d' } }), /one line/);
    assert.match(await wrong({ url, delivery: 'digest' }), /schedule/);
  });

  test('names the host as its destination', () => {
    assert.equal(webhook.destination?.({ url } as never), 'example.org');
  });

  for (const mode of ['cloudevents', 'binary', 'report', 'message', 'text']) {
    test(`sends every report there can be, within its budget (${mode})`, async () => {
      await testNotifier(webhook, {
        config: { url, mode },
        accepts: ({ body = '', headers = {} }) => {
          assert.ok(Buffer.byteLength(body) <= 64 * 1024, `${Buffer.byteLength(body)} bytes`);
          if (mode === 'text') assert.match(body, / on .*\n/s);
          else if (mode === 'message') assert.deepEqual(Object.keys(JSON.parse(body)), ['title', 'message']);
          else assert.equal(JSON.parse(body).data?.schema ?? JSON.parse(body).schema, 1);
          for (const value of Object.values(headers)) assert.match(value, /^[\x20-\x7e]*$/);
          return undefined;
        },
      });
    });
  }
});
