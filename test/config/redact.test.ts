import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createRedact } from '../../core/config/redact.ts';

describe('redaction', () => {
  const secret = 'p@ss "w/rd"+1';
  const redact = createRedact([secret]);

  const forms: readonly (readonly [string, string])[] = [
    ['plain', secret],
    ['in JSON', JSON.stringify({ password: secret })],
    ['in a URL', `https://user:${encodeURIComponent(secret)}@example.org/`],
    ['in a URL with small letters', encodeURIComponent(secret).replace(/%../g, (code) => code.toLowerCase())],
    ['in a form', new URLSearchParams({ password: secret }).toString()],
    ['in base64', Buffer.from(secret).toString('base64')],
    ['in base64 for URLs', Buffer.from(secret).toString('base64url')],
  ];
  for (const [where, text] of forms) {
    test(`masks a secret ${where}`, () => {
      const masked = redact(`before ${text} after`);
      assert.match(masked, /^before .*•••.* after$/);
      assert.ok(!masked.includes(text));
    });
  }

  test('masks a secret in the base64 of something longer, wherever its bytes fall', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        const text = Buffer.from(`${before}${secret}${after}`).toString('base64');
        assert.match(redact(text), /•••/);
      }),
    );
  });

  test('leaves other text alone, and values too short to be told from words', () => {
    assert.equal(createRedact(['abc', ''])('abc is a word'), 'abc is a word');
    assert.equal(redact('nothing here'), 'nothing here');
  });

  test('masks the longer of two secrets that begin alike, whole', () => {
    assert.equal(createRedact(['token', 'token-two'])('token-two token'), '••• •••');
  });
});
