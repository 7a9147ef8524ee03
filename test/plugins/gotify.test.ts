import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { HttpRequest } from 'belfry/plugin';
import { createTestHost, reportFixtures, testNotifier, testPlugin } from 'belfry/testing';
import gotify from '../../plugins/gotify/index.ts';

const config = { url: 'https://gotify.example.org/push/', token: 'AbCdEf.123' };

/** What Gotify’s API takes. */
function validate({ method, url, headers = {}, body = '' }: HttpRequest): undefined {
  const { title, message, priority, extras, ...rest } = JSON.parse(body) as Record<string, unknown>;
  assert.deepEqual([method, url, rest], ['POST', 'https://gotify.example.org/push/message', {}]);
  assert.equal(headers['x-gotify-key'], config.token);
  assert.ok(!url.includes(config.token) && !body.includes(config.token));
  assert.ok(typeof title === 'string' && title !== '' && typeof message === 'string' && message !== '');
  assert.ok(Number.isInteger(priority) && Number(priority) <= 10);
  assert.ok(Buffer.byteLength(message) <= 16_384);
  const { 'client::display': display } = extras as Record<string, { readonly contentType: string }>;
  assert.match(display?.contentType ?? '', /^text\/(?:markdown|plain)$/);
  return undefined;
}

describe('gotify', () => {
  test('is a whole plugin', () =>
    testPlugin(gotify, { valid: [config], invalid: [{}, { url: config.url }, { ...config, url: 'gotify' }] }));

  test('takes every report there can be', () => testNotifier(gotify, { config, accepts: validate }));

  test('pops up for failures alone', async () => {
    const priorities: number[] = [];
    const http = async ({ body = '' }: HttpRequest) => {
      priorities.push((JSON.parse(body) as { readonly priority: number }).priority);
      return { status: 200, headers: {}, body: '{"id":1}' };
    };
    const host = await createTestHost(gotify, { config, http });
    for (const { report } of reportFixtures) {
      await host.deliver({ kind: report.kind, report, event: null });
      assert.equal(priorities.at(-1) === 8, report.severity === 'error', report.title);
    }
  });

  test('gives up where its token is not known, and tries again where the server is down', async () => {
    const report = reportFixtures[0]?.report ?? assert.fail();
    const outcome = async (status: number) => {
      const host = await createTestHost(gotify, { config, http: async () => ({ status, headers: {}, body: '' }) });
      return (await host.deliver({ kind: report.kind, report, event: null })).outcome;
    };
    assert.equal(await outcome(401), 'permanent');
    assert.equal(await outcome(502), 'retry');
  });
});
