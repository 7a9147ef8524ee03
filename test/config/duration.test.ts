import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { formatDuration, parseDelay, parseDuration } from '../../core/config/duration.ts';

describe('durations', () => {
  const readings: readonly (readonly [string, number | undefined])[] = [
    ['90s', 90_000],
    ['5m', 300_000],
    ['24h', 86_400_000],
    ['1h30m', 5_400_000],
    ['7d', 604_800_000],
    ['500ms', 500],
    ['1.5h', 5_400_000],
    ['1h0m0s', 3_600_000],
    ['86400', 86_400_000],
    ['0', 0],
    ['', undefined],
    ['-5s', undefined],
    ['5 m', undefined],
    ['5x', undefined],
    ['h', undefined],
    ['1h30', undefined],
    ['1M', undefined],
  ];
  for (const [text, milliseconds] of readings) {
    test(`"${text}" is ${milliseconds === undefined ? 'not a duration' : `${milliseconds} ms`}`, () => {
      assert.equal(parseDuration(text), milliseconds);
    });
  }

  test('of a cool-down may also be in months of thirty days', () => {
    assert.deepEqual(
      ['1M', '1.5M', '1M1m', '3d', '90'].map(parseDelay),
      [2_592_000_000, 3_888_000_000, 2_592_060_000, 259_200_000, 90_000],
    );
    assert.equal(parseDelay('M'), undefined);
  });

  test('what is written is read back the same', () => {
    fc.assert(
      fc.property(fc.nat(10_000_000_000), (milliseconds) => {
        assert.equal(parseDuration(formatDuration(milliseconds)), milliseconds);
      }),
    );
  });

  test('are written as people would', () => {
    assert.deepEqual([0, 500, 90_000, 86_400_000, 604_800_000].map(formatDuration), [
      '0s',
      '500ms',
      '1m30s',
      '24h',
      '7d',
    ]);
  });
});
