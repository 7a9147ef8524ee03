import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as z from 'zod';
import { issueWords } from '../../core/config/issue-words.ts';

describe('what is wrong with a configuration', () => {
  const text = z.string();
  const cases: readonly (readonly [z.ZodType, unknown, string])[] = [
    [text, undefined, 'expected a text, but it is missing'],
    [text, 5, 'expected a text, not a number'],
    [text, null, 'expected a text, not null'],
    [text.min(1), '', 'must not be empty'],
    [text.min(3), 'ab', 'expected at least 3 characters'],
    [text.max(3), 'abcd', 'expected at most 3 characters'],
    [text.regex(/x/), 'y', 'Invalid string: must match pattern /x/'],
    [z.number(), 'x', 'expected a number, not a text'],
    [z.number().min(3), 1, 'expected at least 3'],
    [z.number().max(3), 4, 'expected at most 3'],
    [z.int(), 1.5, 'expected a whole number'],
    [z.int(), 'x', 'expected a number, not a text'],
    [z.boolean(), 'yes', 'expected true or false, not a text'],
    [z.array(text), 'x', 'expected a list, not a text'],
    [z.array(text).min(1), [], 'must not be empty'],
    [z.record(text, text), [], 'expected an object, not a list'],
    [z.strictObject({}), { a: 1 }, 'there is no key a here'],
    [z.strictObject({}), { a: 1, b: 2 }, 'there is no key a or b here'],
    [z.strictObject({}, 'expected nothing at all'), { a: 1 }, 'expected nothing at all'],
    [z.enum(['warn', 'info']), 'x', 'expected one of warn, info'],
    [z.literal('all'), 'x', 'expected all'],
    [z.url(), 'x', 'expected an address such as https://example.org/path'],
    [z.union([text, z.array(text)]), 5, 'expected a text or a list, not a number'],
    [z.union([text, z.array(text)]), undefined, 'expected a text or a list, but it is missing'],
    [z.union([text, z.array(text)]), [5], '0: expected a text, not a number'],
    [z.string('expected a name such as web'), 5, 'expected a name such as web'],
  ];
  for (const [schema, given, words] of cases) {
    test(`is told as “${words}”`, () => {
      assert.deepEqual(schema.safeParse(given).error?.issues.map(issueWords), [words]);
    });
  }

  test('is told as another library says it', () => {
    assert.equal(issueWords({ message: 'Expected string but received 5' }), 'Expected string but received 5');
  });
});
