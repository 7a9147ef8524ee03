import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { everyOf, formatRun, nextRuns, normalizeSchedule } from '../../core/config/schedule.ts';
import { hasCode } from '../../core/errors/app-error.ts';

const iso = (dates: readonly Date[]) => dates.map((date) => date.toISOString());

describe('a schedule', () => {
  const readings: readonly (readonly [string, string | undefined])[] = [
    ['0 4 * * *', '0 4 * * *'],
    ['"0 4 * * *"', '0 4 * * *'],
    ["'0 0 4 * * *'", '0 0 4 * * *'],
    ['  0  4 * * * ', '0 4 * * *'],
    ['@daily', '0 0 * * *'],
    ['@hourly', '0 * * * *'],
    ['@every 1h30m', '@every 1h30m'],
    ['@every never', undefined],
    ['@every 0s', undefined],
    ['@fortnightly', undefined],
    ['0 4 * *', undefined],
    ['0 0 4 * * * 2030', undefined],
  ];
  for (const [text, expression] of readings) {
    test(`FM81: ${text} is ${expression === undefined ? 'refused' : `read as ${expression}`}`, () => {
      assert.equal(normalizeSchedule(text), expression);
    });
  }

  test('@every is an interval, a cron expression is not', () => {
    assert.equal(everyOf('@every 1h'), 3_600_000);
    assert.equal(everyOf('0 4 * * *'), undefined);
  });

  test('FM81: five fields begin with minutes, six with seconds', async () => {
    const after = new Date('2026-01-01T00:00:00Z');
    assert.deepEqual(iso(await nextRuns('30 4 * * *', 'UTC', { count: 1, after })), ['2026-01-01T04:30:00.000Z']);
    assert.deepEqual(iso(await nextRuns('15 30 4 * * *', 'UTC', { count: 1, after })), ['2026-01-01T04:30:15.000Z']);
  });

  test('FM81: keeps its hour on the clock of its zone when summer time begins', async () => {
    const runs = await nextRuns('0 4 * * *', 'Europe/Berlin', { after: new Date('2026-03-28T00:00:00Z') });
    assert.deepEqual(iso(runs), ['2026-03-28T03:00:00.000Z', '2026-03-29T02:00:00.000Z', '2026-03-30T02:00:00.000Z']);
  });

  const clocks: readonly (readonly [string, string, string, readonly string[]])[] = [
    [
      'runs once on the day that has no such hour, as the clocks have leapt over it',
      '30 2 * * *',
      '2026-03-28T12:00:00Z',
      ['2026-03-29 03:00:00 GMT+02:00', '2026-03-30 02:30:00 GMT+02:00'],
    ],
    [
      'runs once on the day that has this hour twice',
      '30 2 * * *',
      '2026-10-24T12:00:00Z',
      ['2026-10-25 02:30:00 GMT+02:00', '2026-10-26 02:30:00 GMT+01:00'],
    ],
    [
      'goes on every hour while the clocks go back',
      '0 * * * *',
      '2026-10-24T23:30:00Z',
      ['2026-10-25 02:00:00 GMT+02:00', '2026-10-25 02:00:00 GMT+01:00'],
    ],
  ];
  for (const [words, expression, after, expected] of clocks) {
    test(`FM81: ${words}`, async () => {
      const runs = await nextRuns(expression, 'Europe/Berlin', { count: 2, after: new Date(after) });
      assert.deepEqual(
        runs.map((run) => formatRun(run, 'Europe/Berlin')),
        expected,
      );
      const [first] = runs;
      assert.ok(first);
      const [second] = await nextRuns(expression, 'Europe/Berlin', { count: 1, after: first });
      assert.deepEqual(second, runs[1], 'counted from the first it is the same');
    });
  }

  test('a field out of range and a day that never comes are refused', async () => {
    for (const expression of ['61 4 * * *', '0 0 30 2 *']) {
      await assert.rejects(nextRuns(expression, 'UTC'), (error) => hasCode(error, 'CONFIG_INVALID'));
    }
  });
});
