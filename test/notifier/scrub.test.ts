import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { maskShapes } from '../../core/config/redact.ts';
import { createScrub } from '../../core/notifier/scrub.ts';

describe('what leaves', () => {
  const url = 'https://hooks.example.org/v2/0123456789abcdef/post?sig=s3cr3t-s1gnature';
  const scrub = createScrub(
    {
      url,
      token: 'tok_abcdefgh',
      select: { name: ['webshop'] },
      keys: { message: 'message' },
      smtp: { pass: 'hunter22' },
    },
    (text) => text.replaceAll('from the file', '•••'),
  );

  test('holds no address or key of the notifier, nor parts of them', () => {
    assert.equal(scrub(`to ${url} now`), 'to ••• now');
    assert.equal(scrub('at 0123456789abcdef'), 'at •••');
    assert.equal(scrub({ a: ['tok_abcdefgh'] }).a[0], '•••');
    assert.deepEqual(scrub({ labels: { 'hunter22 as a key': 1 } }), { labels: { '••• as a key': 1 } });
    assert.deepEqual(scrub({ hunter22: 'kept' }), { hunter22: 'kept' });
    assert.equal(
      scrub(Buffer.from('x:hunter22').toString('base64')).includes(
        Buffer.from('hunter22').toString('base64').slice(2, 8),
      ),
      false,
    );
    assert.equal(scrub('webshop, from the file'), 'webshop, •••');
    assert.equal(scrub('a message'), 'a message');
  });

  const shapes: readonly (readonly [string, string])[] = [
    ['https://hooks.slack.com/services/T01/B02/abcDEF', 'https://hooks.slack.com/•••'],
    ['https://discord.com/api/webhooks/123456/abc-DEF_1', 'https://discord.com/api/webhooks/•••'],
    ['https://x.logic.azure.com/a?api=1&sig=abc%2Bdef', 'https://x.logic.azure.com/a?api=1&sig=•••'],
    ['Authorization: Bearer abc.def-ghi', 'Authorization: Bearer •••'],
    ['postgres://app:s3cr3t@db:5432/app', 'postgres://app:•••@db:5432/app'],
    ['t=eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl', 't=•••'],
    ['AKIAIOSFODNN7EXAMPLE', '•••'],
    ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', '•••'],
    ['ghp_abcdefghijklmnopqrstuvwxyz0123456789', '•••'],
    ['bot123456789:AAF-abcdefghijklmnopqrstuvwxyz0123456', 'bot•••'],
    ['nginx:1.27 on https://example.org/a?page=2', 'nginx:1.27 on https://example.org/a?page=2'],
  ];
  for (const [text, masked] of shapes) test(`${text} as ${masked}`, () => assert.equal(maskShapes(text), masked));

  test('is looked through in no time, whatever it holds', () => {
    const hostile = ['a.', 'http://a:', 'eyJ-', 'Bearer ', '?token=', 'bot1', '://'].map((part) => part.repeat(20_000));
    const began = process.cpuUsage();
    for (const text of hostile) maskShapes(text);
    const { user } = process.cpuUsage(began);
    assert.ok(user < 5_000_000, `${user} µs`);
  });
});
