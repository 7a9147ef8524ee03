import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { digestDue, quietUntil } from '../../core/delivery/hold.ts';

const until = (now: string, from: string, to: string, timeZone = 'UTC') => {
  const end = quietUntil(new Date(now), { from, to, timeZone, except: [] });
  return end === 0 ? null : new Date(end).toISOString();
};

describe('quiet hours', () => {
  const readings: readonly (readonly [now: string, from: string, to: string, until: string | null])[] = [
    ['2026-08-22T21:59:59Z', '22:00', '07:00', null],
    ['2026-08-22T22:00:00Z', '22:00', '07:00', '2026-08-23T07:00:00.000Z'],
    ['2026-08-23T03:12:45Z', '22:00', '07:00', '2026-08-23T07:00:00.000Z'],
    ['2026-08-23T06:59:59Z', '22:00', '07:00', '2026-08-23T07:00:00.000Z'],
    ['2026-08-23T07:00:00Z', '22:00', '07:00', null],
    ['2026-08-22T13:30:00Z', '13:00', '14:00', '2026-08-22T14:00:00.000Z'],
    ['2026-08-22T12:30:00Z', '13:00', '14:00', null],
    ['2026-08-22T13:00:00Z', '13:00', '13:00', null],
  ];
  for (const [now, from, to, expected] of readings) {
    test(`from ${from} to ${to}, at ${now}: ${expected ?? 'none'}`, () => {
      assert.equal(until(now, from, to), expected);
    });
  }

  test('go by the clocks of their zone, also in a night in which those change', () => {
    assert.equal(until('2026-08-22T20:30:00Z', '22:00', '07:00', 'Europe/Berlin'), '2026-08-23T05:00:00.000Z');
    assert.equal(until('2026-10-24T21:00:00Z', '22:00', '07:00', 'Europe/Berlin'), '2026-10-25T06:00:00.000Z');
    assert.equal(until('2026-03-28T22:00:00Z', '22:00', '07:00', 'Europe/Berlin'), '2026-03-29T05:00:00.000Z');
  });
});

test('a digest is due at the next run of its schedule, which may also be an interval', async () => {
  const due = async (schedule: string, timeZone = 'UTC') =>
    new Date(await digestDue('2026-08-22T12:00:00Z', schedule, timeZone)).toISOString();
  assert.equal(await due('0 8 * * 1-5'), '2026-08-24T08:00:00.000Z');
  assert.equal(await due('@daily', 'Europe/Berlin'), '2026-08-22T22:00:00.000Z');
  assert.equal(await due('@every 6h'), '2026-08-22T18:00:00.000Z');
});
