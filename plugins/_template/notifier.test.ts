import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleReport } from 'belfry/notifier';
import { createTestHost, testPlugin } from 'belfry/testing';
import plugin from './notifier.ts';

const config = { url: 'https://example.org/hook' };

test('the plugin is whole', () => testPlugin(plugin, { valid: [config], invalid: [{}, { url: 'nowhere' }] }));

test('a message is posted, and tried again where that fails for now', async () => {
  const bodies: (string | undefined)[] = [];
  const http = async ({ body }: { readonly body?: string }) => {
    bodies.push(body);
    return { status: bodies.length === 1 ? 503 : 200, headers: {}, body: '' };
  };
  const host = await createTestHost(plugin, { config, http });
  const message = {
    kind: 'test',
    report: sampleReport('mixed', { id: 'msg_1', host: 'nas-01', now: new Date() }),
    event: null,
  } as const;
  assert.equal((await host.deliver(message)).outcome, 'retry');
  assert.equal((await host.deliver(message, { attempt: 2 })).outcome, 'sent');
  assert.match(bodies[1] ?? '', /nas-01|web/);
});
