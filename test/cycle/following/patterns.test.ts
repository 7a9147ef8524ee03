import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { applyPatterns } from '../../../core/cycle/following/patterns.ts';
import { hasCode } from '../../../core/errors/app-error.ts';

const none = { include: null, exclude: null, transform: null };
const evil = `${'a'.repeat(100)}b`;

describe('patterns of tags', () => {
  test('match anywhere, and leave out what they do not want', async () => {
    const tags = ['1.0', '1.0-rc1', 'x1.0'];
    const kept = async (patterns: object) =>
      (await applyPatterns(tags, { ...none, ...patterns })).map(([tag, text]) => `${tag} ${text}`);
    assert.deepEqual(await kept({}), ['1.0 1.0', '1.0-rc1 1.0-rc1', 'x1.0 x1.0']);
    assert.deepEqual(await kept({ include: '^1' }), ['1.0 1.0', '1.0-rc1 1.0-rc1']);
    assert.deepEqual(await kept({ exclude: 'rc' }), ['1.0 1.0', 'x1.0 x1.0']);
    assert.deepEqual(await kept({ transform: { pattern: '^x(.*)', replacement: 'v$1' } }), ['x1.0 v1.0']);
  });

  test('that make too much of a tag make nothing of it', async () => {
    const transform = { pattern: '.+', replacement: '$&'.repeat(200) };
    assert.deepEqual(await applyPatterns(['1.0.0'], { ...none, transform }), []);
  });

  // The static check refuses the first before it comes here; of the others no such check can tell.
  for (const pattern of ['(a+)+$', '(a|a)*$', '(a|aa)+$', '(.*a){30}$']) {
    test(`such as ${pattern} end after a second, however long they would take`, async () => {
      const began = Date.now();
      for (const patterns of [
        { ...none, include: pattern },
        { ...none, transform: { pattern, replacement: 'x' } },
      ]) {
        const applied = applyPatterns([evil], patterns);
        await assert.rejects(
          applied,
          (error) => hasCode(error, 'FOLLOW_PATTERN_FAILED') && /1000ms/.test(error.message),
        );
      }
      assert.ok(Date.now() - began < 60_000);
    });
  }

  test('that no engine can run are a failure of the same kind', async () => {
    const applied = applyPatterns(['1'], { ...none, include: '(' });
    await assert.rejects(applied, (error) => hasCode(error, 'FOLLOW_PATTERN_FAILED'));
  });
});
