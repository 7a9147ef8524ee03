import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { guardedPattern } from '../../core/config/guarded-pattern.ts';
import { hasCode } from '../../core/errors/app-error.ts';

function guarded(source: string) {
  const pattern = guardedPattern(source);
  assert.ok(typeof pattern === 'object', String(pattern));
  return pattern;
}

describe('a guarded pattern', () => {
  test('finds the first text that it occurs in', () => {
    const pattern = guarded('ready (to|for) accept');
    assert.equal(pattern.find(['starting', 'is ready to accept', 'ready for accept']), 'is ready to accept');
    assert.equal(pattern.find(['starting']), undefined);
    assert.equal(guarded('^$').find(['x', '']), '');
  });

  for (const source of ['(a+)+', 'a'.repeat(501), '(', '[b-a]']) {
    test(`is refused as ${source.slice(0, 10)}`, () => assert.equal(typeof guardedPattern(source), 'string'));
  }

  test('is given up where its text makes it take for ever, and works again on another one', () => {
    const slow = guarded('^(a|a)*b');
    assert.throws(
      () => slow.find(['a'.repeat(60)]),
      (error) => hasCode(error, 'PATTERN_TOO_SLOW'),
    );
    assert.equal(slow.find(['aab']), 'aab');
  });
});
