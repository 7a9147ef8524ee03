import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { brokenAt, causeAt } from '../../core/config/json-place.ts';

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

describe('what most likely broke it', () => {
  const cases: readonly (readonly [string, RegExp | undefined])[] = [
    ['', /empty/],
    [' \n', /empty/],
    ['{\n  // every day\n  "a": 1\n}', /no comments/],
    ['{"a": 1, /* x */ "b": 2}', /no comments/],
    ['# settings\n{}', /no comments/],
    ['{"a": 1,\n}', /no comma .* after the last/],
    ['[1, 2, ]', /no comma .* after the last/],
    ["{'a': 1}", /double quotes/],
    ['{a: 1}', /double quotes/],
    ['{"a": 5m}', /double quotes/],
    ['{"a": soon}', /double quotes/],
    ['{"a": 1 "b": 2}', /comma is missing/],
    ['[{} {}]', /comma is missing/],
    ['{"a": "C:\\data"}', /backslash/],
    ['{"a": "x\n"}', /line break/],
    ['{"a": [1, 2', /ends too early/],
    ['{"a" 1}', undefined],
  ];
  for (const [text, why] of cases) {
    test(`of ${JSON.stringify(text)} is ${why ?? 'not said'}`, () => {
      const cause = causeAt(text, brokenAt(text));
      if (why === undefined) assert.equal(cause, undefined);
      else assert.match(cause?.why ?? '', why);
    });
  }
});
