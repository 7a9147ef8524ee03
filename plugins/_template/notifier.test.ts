import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testNotifier, testPlugin } from 'belfry/testing';
import plugin from './notifier.ts';

const config = { url: 'https://example.org/hook' };

test('the plugin is whole', () => testPlugin(plugin, { valid: [config], invalid: [{}, { url: 'nowhere' }] }));

test('every report fits, says whether to act, and holds no secret', () =>
  testNotifier(plugin, {
    config,
    accepts({ method, body = '' }) {
      assert.equal(method, 'POST');
      assert.ok(Buffer.byteLength(body) <= 4_000);
      return { status: 204, headers: {}, body: '' };
    },
  }));
