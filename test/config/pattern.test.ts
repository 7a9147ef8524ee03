import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { matchesName, patternProblem } from '../../core/config/pattern.ts';

describe('a pattern of names', () => {
  test('matches the whole name only', () => {
    assert.equal(matchesName('web', 'web'), true);
    assert.equal(matchesName('web', 'web-1'), false);
    assert.equal(matchesName('web|db', 'db'), true);
    assert.equal(matchesName('web|db', 'db-backup'), false);
    assert.equal(matchesName('web-.*', 'web-1'), true);
  });

  test('heeds case and tolerates a leading slash on either side', () => {
    assert.equal(matchesName('Web', 'web'), false);
    assert.equal(matchesName('/web', 'web'), true);
    assert.equal(matchesName('web', '/web'), true);
  });

  const problems: readonly (readonly [string, RegExp])[] = [
    ['(', /not a regular expression/],
    ['a)(b', /not a regular expression/],
    ['(a+)+', /repeats a group/],
    ['((a|b)*c)*', /repeats a group/],
    ['(?:a{2,})+', /repeats a group/],
    ['a'.repeat(501), /longer than 500/],
  ];
  for (const [pattern, problem] of problems) {
    test(`cannot be ${pattern.slice(0, 20)}`, () => {
      assert.match(patternProblem(pattern) ?? '', problem);
    });
  }

  for (const pattern of ['web', 'web-[0-9]+', '(web|db)-.*', '[(+*)]+', '\\(a+\\)+', '(ab)+']) {
    test(`can be ${pattern}`, () => {
      assert.equal(patternProblem(pattern), undefined);
    });
  }
});
