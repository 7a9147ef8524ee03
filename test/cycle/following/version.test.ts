import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { bumpBetween, compareVersions, readVersion, type Version } from '../../../core/cycle/following/version.ts';
import { tagTexts } from './arbitrary.ts';

const read = (text: string): Version => {
  const version = readVersion(text);
  assert.ok(version, text);
  return version;
};
const shapeOf = (text: string) => read(text).shape;

describe('a tag', () => {
  for (const text of ['latest', 'stable', 'alpine', '', 'v', '1234567890123456789', '1.0-rc12345678901234567']) {
    test(`${text === '' ? 'without a letter' : text} states no version`, () => {
      assert.equal(readVersion(text), undefined);
    });
  }

  const stated: readonly (readonly [string, readonly number[], string | null])[] = [
    ['1', [1], null],
    ['v1.27.3-alpine', [1, 27, 3], null],
    ['RELEASE.2024', [2024], null],
    ['2024.01.15', [2024, 1, 15], null],
    ['2024-01-15-slim', [2024, 1, 15], null],
    ['bookworm-20240115-slim', [20240115], null],
    ['21.0.1_12-jdk', [21, 0, 1, 12], null],
    ['1.27-3', [1, 27], null],
    ['1.0.0-rc1', [1, 0, 0], 'rc 1'],
    ['1.0.0-rc.1-alpine', [1, 0, 0], 'rc 1'],
    ['1.0.0-RC', [1, 0, 0], 'rc'],
    ['18beta1', [18], 'beta 1'],
    ['3.14.0b2-slim', [3, 14, 0], 'b 2'],
    ['9.0.0-preview.3.24172.9-alpine3.19', [9, 0, 0], 'preview 3.24172.9'],
    ['1.0.0-SNAPSHOT', [1, 0, 0], 'snapshot'],
    ['3.0.0-M2', [3, 0, 0], 'm 2'],
    ['1.0.0-dev.5', [1, 0, 0], 'dev 5'],
    ['24-ea-7-jdk', [24], 'ea 7'],
    // Variants, builds and letters that only look alike.
    ['1.0.0-dev', [1, 0, 0], null],
    ['1.0.0-nightly', [1, 0, 0], null],
    ['1.0.0-alpine', [1, 0, 0], null],
    ['1.0.0-premium', [1, 0, 0], null],
    ['1.0.0-b12', [1, 0, 0], null],
    ['1.1.1b', [1, 1, 1], null],
    ['1.0.0-rc1x', [1, 0, 0], null],
    ['8u392', [8], null],
  ];
  for (const [text, numbers, prerelease] of stated) {
    test(`${text} states ${numbers.join('.')}${prerelease === null ? '' : `, pre-release ${prerelease}`}`, () => {
      const version = read(text);
      assert.deepEqual(version.numbers, numbers);
      const found = version.prerelease;
      assert.equal(found === null ? null : `${found.word} ${found.numbers.join('.')}`.trim(), prerelease);
    });
  }
});

describe('two tags', () => {
  for (const [a, b] of [
    ['1.27.3-alpine', '1.28.0-alpine'],
    ['1.28.0-rc1-alpine', '1.28.0-alpine'],
    ['v9', 'v10'],
    ['24.04', '24.10'],
    ['20240115', '20241231'],
  ] as const) {
    test(`${a} and ${b} are of one shape`, () => assert.equal(shapeOf(a), shapeOf(b)));
  }

  for (const [a, b] of [
    ['1.27', '1.27.3'],
    ['1.27.3', 'v1.27.3'],
    ['1.27.3-alpine', '1.27.3-alpine3.20'],
    ['1.27.3-alpine', '1.27.3'],
    ['1.27.3', '1.27_3'],
    ['16', '20240115'],
    ['1.2.3', '1.2.20240115'],
    ['20240115', '1234567'],
    ['2024-01-15', '2024.01.15'],
  ] as const) {
    test(`${a} and ${b} are not`, () => assert.notEqual(shapeOf(a), shapeOf(b)));
  }

  test('stand in the order of semver', () => {
    const order = [
      [
        '1.0.0-alpha',
        '1.0.0-alpha.1',
        '1.0.0-beta.2',
        '1.0.0-beta.11',
        '1.0.0-rc1',
        '1.0.0',
        '1.0.1',
        '1.2.0',
        '1.10.0',
      ],
      ['24.04', '24.10', '25.4'],
      ['2024.01.15', '2024.02.1', '2025.01.01'],
      ['9', '10', '11'],
    ];
    for (const texts of order) {
      const shuffled = texts.toReversed().toSorted((a, b) => compareVersions(read(a), read(b)));
      assert.deepEqual(shuffled, texts);
    }
    assert.equal(compareVersions(read('1.02'), read('1.2')), 0);
  });

  test('differ in what changes first', () => {
    const bump = (a: string, b: string) => bumpBetween(read(a), read(b));
    assert.deepEqual(
      [bump('1.2.3', '2.0.0'), bump('1.2.3', '1.3.0'), bump('1.2.3', '1.2.4'), bump('1.2.3.4', '1.2.3.5')],
      ['major', 'minor', 'patch', 'patch'],
    );
    assert.deepEqual([bump('15', '16'), bump('1.0.0-rc1', '1.0.0')], ['major', 'patch']);
  });
});

describe('the order of versions of one shape', () => {
  const texts = fc.array(tagTexts, { minLength: 3, maxLength: 3 });

  test('is total', () => {
    fc.assert(
      fc.property(texts, (three) => {
        const [a, b, c] = three.map(read) as [Version, Version, Version];
        assert.equal(Math.sign(compareVersions(a, b)) || 0, -Math.sign(compareVersions(b, a)) || 0);
        assert.equal(compareVersions(a, a), 0);
        if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0) assert.ok(compareVersions(a, c) <= 0);
      }),
    );
  });
});
