import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { classifyHttp } from '../../core/notifier/index.ts';
import type { DeliveryAnswer } from '../../core/plugin.ts';

const now = new Date('2026-08-22T12:00:00Z');
const answer = (status: number, headers: Record<string, string> = {}, body = '') =>
  classifyHttp({ status, headers, body }, now);

describe('what an HTTP answer means for a delivery', () => {
  const meanings: readonly (readonly [DeliveryAnswer['outcome'], readonly number[]])[] = [
    ['sent', [200, 201, 204]],
    ['accepted', [202]],
    ['retry', [408, 425, 429, 500, 502, 503, 504, 599]],
    ['shrink', [413]],
    ['downgrade', [400, 422]],
    ['permanent', [301, 302, 307, 308, 401, 403, 404, 405, 410, 415, 501, 505]],
  ];
  for (const [outcome, statuses] of meanings) {
    test(`${statuses.join(', ')}: ${outcome}`, () => {
      for (const status of statuses) assert.equal(answer(status).outcome, outcome, String(status));
    });
  }

  test('no answer at all is worth another try', () => {
    assert.deepEqual(classifyHttp(new Error('connect ECONNREFUSED')), {
      outcome: 'retry',
      why: 'connect ECONNREFUSED',
    });
  });

  test('Retry-After is honoured in seconds and as a date, within a second and six hours', () => {
    const after = (value: string) => {
      const { outcome, ...rest } = answer(429, { 'retry-after': value });
      assert.equal(outcome, 'retry');
      return 'after' in rest ? rest.after : undefined;
    };
    assert.equal(after('120'), 120_000);
    assert.equal(after('Sat, 22 Aug 2026 12:05:00 GMT'), 300_000);
    assert.equal(after('0'), 1000);
    assert.equal(after('Sat, 22 Aug 2020 12:05:00 GMT'), 1000);
    assert.equal(after('999999999999'), 6 * 3_600_000);
    assert.equal(after('soon'), undefined);
  });

  test('the reason names the status, where it redirects, and the beginning of what was said', () => {
    const why = (given: DeliveryAnswer) => ('why' in given ? given.why : '');
    assert.equal(why(answer(403, {}, 'invalid\r\n_token')), 'answered 403: invalid _token');
    assert.equal(
      why(answer(301, { location: 'https://example.org/' })),
      'answered 301: redirected to https://example.org/',
    );
    assert.ok(why(answer(500, {}, 'x'.repeat(10_000))).length < 250);
  });
});
