import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createFakeClock, createTestHost, samplePlan } from 'belfry/testing';
import fc from 'fast-check';
import maintenanceWindow from '../../plugins/maintenance-window/index.ts';

interface Terms {
  readonly config?: object;
  readonly label?: string;
  readonly timeZone?: string;
}

/** What it says at a moment. */
async function at(moment: string, { config = {}, label, timeZone = 'UTC' }: Terms) {
  const clock = createFakeClock(Date.parse(moment));
  const host = await createTestHost(maintenanceWindow, { config, clock, timeZone });
  const labels = label === undefined ? {} : { 'belfry.maintenance-window': label };
  return host.ask('beforeUpdate', samplePlan({ labels }));
}

/** When it opens, as ISO 8601; `open` where it is. */
async function opens(moment: string, terms: Terms): Promise<string | undefined> {
  const said = await at(moment, terms);
  if (said === undefined) return 'open';
  assert.equal(said.verdict, 'defer');
  return 'until' in said ? said.until : undefined;
}

const nightly = { windows: [{ from: '22:00', to: '05:00' }] };

describe('a maintenance window', () => {
  test('is open at all times where nothing is configured', async () => {
    assert.equal(await at('2026-11-25T12:00:00Z', {}), undefined);
  });

  test('defers outside its hours, and says until when and why', async () => {
    assert.deepEqual(await at('2026-11-25T12:00:00Z', { config: nightly }), {
      verdict: 'defer',
      reason: 'outside the maintenance window, daily 22:00-05:00 (UTC)',
      until: '2026-11-25T22:00:00.000Z',
    });
  });

  const cases: readonly (readonly [string, object, string, string])[] = [
    ['to the minute', nightly, '2026-11-25T21:59:59.999Z', '2026-11-25T22:00:00.000Z'],
    ['as it opens', nightly, '2026-11-25T22:00:00Z', 'open'],
    ['past midnight', nightly, '2026-11-26T04:59:59Z', 'open'],
    ['as it closes', nightly, '2026-11-26T05:00:00Z', '2026-11-26T22:00:00.000Z'],
    ['on its days only', days('mon-fri'), '2026-11-28T12:00:00Z', '2026-11-30T01:00:00.000Z'],
    ['on days around the week’s end', days('sat-mon'), '2026-11-30T01:30:00Z', 'open'],
    ['on several days', days('wed', 'sat'), '2026-11-25T03:00:00Z', '2026-11-28T01:00:00.000Z'],
    ['on Saturday’s early hours, of a Friday night', night('fri'), '2026-11-28T04:00:00Z', 'open'],
    ['and not on Friday’s', night('fri'), '2026-11-27T04:00:00Z', '2026-11-27T22:00:00.000Z'],
    [
      'through a whole day',
      { windows: [{ days: ['sun'], from: '00:00', to: '24:00' }] },
      '2026-11-29T23:59:59Z',
      'open',
    ],
    [
      'until midnight',
      { windows: [{ from: '20:00', to: '00:00' }] },
      '2026-11-29T00:00:00Z',
      '2026-11-29T20:00:00.000Z',
    ],
    [
      'in the nearest of several',
      { windows: [...nightly.windows, { days: ['wed'], from: '13:00', to: '14:00' }] },
      '2026-11-25T12:00:00Z',
      '2026-11-25T13:00:00.000Z',
    ],
  ];
  for (const [what, config, moment, expected] of cases) {
    test(`opens ${what}`, async () => assert.equal(await opens(moment, { config }), expected));
  }
});

function days(...names: readonly string[]) {
  return { windows: [{ days: names, from: '01:00', to: '02:00' }] };
}
function night(...names: readonly string[]) {
  return { windows: [{ days: names, from: '22:00', to: '05:00' }] };
}

describe('the time zone', () => {
  test('is Belfry’s own unless the configuration gives one', async () => {
    assert.equal(
      await opens('2026-11-25T12:00:00Z', { config: nightly, timeZone: 'Asia/Tokyo' }),
      '2026-11-25T13:00:00.000Z',
    );
    const config = { ...nightly, timeZone: 'America/New_York' };
    assert.equal(await opens('2026-11-25T12:00:00Z', { config, timeZone: 'Asia/Tokyo' }), '2026-11-26T03:00:00.000Z');
  });

  test('decides what day it is', async () => {
    const config = { ...days('thu'), timeZone: 'Asia/Tokyo' };
    assert.equal(await opens('2026-11-25T16:30:00Z', { config }), 'open', 'Thursday 01:30 there');
  });

  const berlin = (from: string, to: string) => ({ windows: [{ from, to }], timeZone: 'Europe/Berlin' });
  const changes: readonly (readonly [string, object, string, string])[] = [
    // On 2026-03-29 the clock goes from 02:00 to 03:00, which is 01:00 in UTC.
    [
      'keeps its hours by the clock in winter',
      berlin('04:00', '05:00'),
      '2026-03-28T00:00:00Z',
      '2026-03-28T03:00:00.000Z',
    ],
    [
      'keeps its hours by the clock in summer',
      berlin('04:00', '05:00'),
      '2026-03-29T00:00:00Z',
      '2026-03-29T02:00:00.000Z',
    ],
    [
      'opens at the jump where its beginning is skipped',
      berlin('02:30', '05:00'),
      '2026-03-29T00:30:00Z',
      '2026-03-29T01:00:00.000Z',
    ],
    [
      'closes at the jump where its end is skipped',
      berlin('01:00', '02:30'),
      '2026-03-29T01:00:00Z',
      '2026-03-29T23:00:00.000Z',
    ],
    [
      'is not there at all where all of it is skipped',
      berlin('02:10', '02:50'),
      '2026-03-29T00:00:00Z',
      '2026-03-30T00:10:00.000Z',
    ],
    // On 2026-10-25 it goes from 03:00 back to 02:00, which is 01:00 in UTC.
    ['opens at the first of two moments', berlin('02:30', '05:00'), '2026-10-25T00:00:00Z', '2026-10-25T00:30:00.000Z'],
    ['stays open through the hour that comes twice', berlin('02:30', '05:00'), '2026-10-25T01:15:00Z', 'open'],
    [
      'closes at the first of two moments',
      berlin('01:00', '02:30'),
      '2026-10-25T01:15:00Z',
      '2026-10-26T00:00:00.000Z',
    ],
  ];
  for (const [what, config, moment, expected] of changes) {
    test(`summer time: ${what}`, async () => assert.equal(await opens(moment, { config }), expected));
  }

  test('summer time: half an hour of it, and a day without a midnight', async () => {
    const lordHowe = { windows: [{ from: '02:00', to: '04:00' }], timeZone: 'Australia/Lord_Howe' };
    // 2026-10-04, 02:00 becomes 02:30 (UTC+10:30 to UTC+11).
    assert.equal(await opens('2026-10-03T15:00:00Z', { config: lordHowe }), '2026-10-03T15:30:00.000Z');
    const cairo = { windows: [{ days: ['fri'], from: '00:00', to: '03:00' }], timeZone: 'Africa/Cairo' };
    // 2026-04-24, a Friday, 00:00 becomes 01:00 (UTC+2 to UTC+3).
    assert.equal(await opens('2026-04-23T20:00:00Z', { config: cairo }), '2026-04-23T22:00:00.000Z');
  });
});

describe('a blackout', () => {
  const on = (...blackout: readonly string[]) => ({ ...nightly, blackout });

  test('keeps closed on its dates, and says so', async () => {
    assert.deepEqual(await at('2026-12-24T23:00:00Z', { config: on('2026-12-24') }), {
      verdict: 'defer',
      reason: '2026-12-24 is a blackout date (UTC)',
      until: '2026-12-25T00:00:00.000Z',
    });
  });

  const cases: readonly (readonly [string, object, string, string])[] = [
    ['through a range', on('2026-12-24..2027-01-02'), '2026-12-26T23:00:00Z', '2027-01-03T00:00:00.000Z'],
    ['not before it', on('2026-12-24..2027-01-02'), '2026-12-23T23:59:59Z', 'open'],
    ['each year', on('--12-24'), '2031-12-24T23:00:00Z', '2031-12-25T00:00:00.000Z'],
    ['each year, past its end', on('--12-24..--01-02'), '2027-01-01T23:00:00Z', '2027-01-03T00:00:00.000Z'],
    ['each year, and not in summer', on('--12-24..--01-02'), '2027-07-01T23:00:00Z', 'open'],
    ['without windows too', { blackout: ['2026-12-24'] }, '2026-12-24T12:00:00Z', '2026-12-25T00:00:00.000Z'],
    [
      'on the dates of its zone',
      { blackout: ['2026-12-24'], timeZone: 'Asia/Tokyo' },
      '2026-12-23T16:00:00Z',
      '2026-12-24T15:00:00.000Z',
    ],
  ];
  for (const [what, config, moment, expected] of cases) {
    test(`holds ${what}`, async () => assert.equal(await opens(moment, { config }), expected));
  }

  test('that never ends is told as such', async () => {
    const said = await at('2026-12-24T12:00:00Z', { config: { blackout: ['--01-01..--12-31'] } });
    assert.deepEqual(said, {
      verdict: 'defer',
      reason: '2026-12-24 is a blackout date (UTC); none opens within two years',
    });
  });
});

describe('the label', () => {
  test('narrows by itself', async () => {
    assert.deepEqual(await at('2026-11-25T12:00:00Z', { label: 'sat,sun 02:00-05:00' }), {
      verdict: 'defer',
      reason: 'outside its own maintenance window, sat,sun 02:00-05:00 (UTC)',
      until: '2026-11-28T02:00:00.000Z',
    });
    assert.equal(await at('2026-11-28T02:00:00Z', { label: 'sat,sun 02:00-05:00' }), undefined);
  });

  test('narrows the configured windows: both must be open', async () => {
    const terms = { config: { windows: [{ days: ['mon-fri'], from: '04:00', to: '06:00' }] }, label: '02:00-05:00' };
    assert.equal(await opens('2026-11-27T02:30:00Z', terms), '2026-11-27T04:00:00.000Z');
    assert.equal(await opens('2026-11-27T04:30:00Z', terms), 'open');
    assert.equal(await opens('2026-11-27T05:30:00Z', terms), '2026-11-30T04:00:00.000Z');
    const said = await at('2026-11-27T05:30:00Z', terms);
    assert.match(said && 'reason' in said ? said.reason : '', /^outside its own maintenance window/);
  });

  test('may be such that both are never open at once', async () => {
    const terms = { config: days('sat'), label: 'sun 00:00-24:00' };
    assert.equal(await opens('2026-11-27T02:30:00Z', terms), undefined);
  });

  test('may hold several windows, in any writing', async () => {
    for (const label of ['SAT, sun 2:00-5:00', 'sat 02:00-05:00; sun 02:00-05:00', 'sat-sun  02:00-05:00']) {
      assert.equal(await opens('2026-11-25T12:00:00Z', { label }), '2026-11-28T02:00:00.000Z', label);
    }
  });

  test('that says nothing changes nothing', async () => {
    assert.equal(await at('2026-11-25T12:00:00Z', { label: ' ' }), undefined);
  });

  for (const [label, why] of [
    ['at night', '"at night" is not a window such as "sat,sun 02:00-05:00"'],
    ['sa 02:00-05:00', '"sa" is not a day such as sat, or days such as mon-fri'],
    ['25:00-26:00', '"25:00" is not a time such as 22:00'],
    ['02:00-2:60', '"2:60" is not a time such as 05:00'],
    ['02:00-05:00;', '"" is not a window such as "sat,sun 02:00-05:00"'],
    ['02:00-02:00', 'it ends as it begins, at 02:00; the whole day is 00:00-24:00'],
  ] as const) {
    test(`that cannot be understood vetoes: ${label}`, async () => {
      const reason = `its label belfry.maintenance-window cannot be understood: ${why}`;
      assert.deepEqual(await at('2026-11-25T12:00:00Z', { label }), { verdict: 'veto', reason });
    });
  }
});

test('whenever it is closed, it opens at the moment it says, and not a second before', async () => {
  const time = fc.integer({ min: 0, max: 1439 }).map((minutes) => {
    const two = (value: number) => String(value).padStart(2, '0');
    return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
  });
  const window = fc
    .record({ days: fc.subarray(['mon', 'tue-thu', 'fri-sun'], { minLength: 1 }), from: time, to: time })
    .filter(({ from, to }) => from !== to);
  const config = fc.record({
    windows: fc.array(window, { minLength: 1, maxLength: 3 }),
    timeZone: fc.constantFrom(
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'Africa/Cairo',
      'Asia/Kolkata',
    ),
    blackout: fc.subarray(['2026-03-29', '--10-25', '--12-24..--01-02']),
  });
  const moments = fc.integer({ min: Date.UTC(2026, 0, 1) / 1000, max: Date.UTC(2027, 0, 10) / 1000 });
  await fc.assert(
    fc.asyncProperty(config, moments, async (terms, seconds) => {
      const until = await opens(new Date(seconds * 1000).toISOString(), { config: terms });
      if (until === 'open' || until === undefined) return;
      assert.equal(await opens(until, { config: terms }), 'open');
      const before = new Date(Date.parse(until) - 1000).toISOString();
      assert.equal(await opens(before, { config: terms }), until);
    }),
    { numRuns: 150 },
  );
});

test('a configuration that cannot be used is refused, all of it at once', async () => {
  const config = {
    windows: [
      { days: ['someday'], from: '22:00', to: '05:00' },
      { from: '9', to: '10:00' },
      { from: '09:00', to: '24:01' },
    ],
    timeZone: 'Mars',
    blackout: ['2026-02-30', '2026-12-24..2026-12-20', '--12-24..2027-01-02', '24.12.'],
  };
  const error = await createTestHost(maintenanceWindow, { config }).catch((thrown: unknown) => thrown);
  const lines = String(error).split('\n');
  assert.equal(lines.length, 8, String(error));
  assert.match(String(error), /windows\.0: "someday" is not a day such as sat, or days such as mon-fri/);
  assert.match(String(error), /timeZone: expected a time zone such as Europe\/Berlin/);
  assert.match(String(error), /blackout\.3: "24\.12\." is not a date such as 2026-12-24/);
});
