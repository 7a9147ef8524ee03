import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { localTime } from 'belfry/plugin';

const at = (moment: string, timeZone: string) => {
  const { hour, minute, weekday } = localTime(new Date(moment), timeZone);
  return `${weekday} ${hour}:${minute}`;
};

describe('the time of a place', () => {
  for (const [moment, timeZone, shown] of [
    ['2026-08-21T22:30:00Z', 'UTC', 'friday 22:30'],
    ['2026-08-21T22:30:00Z', 'Europe/Berlin', 'saturday 0:30'],
    ['2026-12-21T22:30:00Z', 'Europe/Berlin', 'monday 23:30'],
    ['2026-03-29T00:59:00Z', 'Europe/Berlin', 'sunday 1:59'],
    ['2026-03-29T01:00:00Z', 'Europe/Berlin', 'sunday 3:0'],
    ['2026-10-25T00:30:00Z', 'Europe/Berlin', 'sunday 2:30'],
    ['2026-10-25T01:30:00Z', 'Europe/Berlin', 'sunday 2:30'],
    ['2026-08-21T22:30:00Z', 'Asia/Kolkata', 'saturday 4:0'],
    ['2026-08-21T02:00:00Z', 'America/New_York', 'thursday 22:0'],
  ] as const) {
    test(`at ${moment} in ${timeZone} is ${shown}`, () => assert.equal(at(moment, timeZone), shown));
  }

  test('is whole, with its date', () => {
    assert.deepEqual(localTime(new Date('2026-12-31T23:00:05.900Z'), 'Europe/Berlin'), {
      ...{ year: 2027, month: 1, day: 1, hour: 0, minute: 0, second: 5, weekday: 'friday' },
    });
  });

  test('is none where there is no such place', () => {
    assert.throws(() => localTime(new Date(0), 'Europe/Atlantis'), RangeError);
  });
});
