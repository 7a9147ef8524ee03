import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { brokenAt } from '../../core/config/json-place.ts';

describe('the place where JSON breaks', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['{"a": }', '{"a": '],
    ['{"a": 1,}', '{"a": 1,'],
    ['{"a": 1 "b": 2}', '{"a": 1 '],
    ['[1, 2', '[1, 2'],
    ['{"a": hunter2}', '{"a": '],
    ['{} x', '{} '],
  ];
  for (const [text, sound] of cases) {
    test(`${text} is sound up to ${sound}`, () => {
      assert.equal(text.slice(0, brokenAt(text)), sound);
    });
  }

  test('is the end of a text that is JSON', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        assert.equal(brokenAt(text), text.length);
      }),
    );
  });
});
