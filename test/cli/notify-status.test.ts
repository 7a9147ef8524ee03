import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { statusText } from '../../core/cli/notify.ts';

const style = (_: string, text: string) => text;
const well = { name: 'ops', givenUp: 0, failing: null, snoozedUntil: null };
const rows = [
  { instance: 'ops', state: 'given-up', why: 'answered 500' },
  { instance: 'ops', state: 'given-up', why: 'answered 400: no such chat' },
  { instance: 'other', state: 'given-up', why: 'answered 403' },
] as const;

describe('the state of a notifier', () => {
  test('is fine only where nothing is wrong', () => {
    assert.equal(statusText(well, rows, { style }), 'fine');
  });

  test('says what was given up, and why the last was', () => {
    assert.equal(statusText({ ...well, givenUp: 2 }, rows, { style }), '2 given up: answered 400: no such chat');
  });

  test('says both where it is snoozed as well', () => {
    const until = statusText({ ...well, givenUp: 1, snoozedUntil: '2026-08-21T22:00:00Z' }, rows, { style });
    assert.match(until, /^1 given up: .*; snoozed until .*22:00/);
  });

  test('is failing where a message is tried again', () => {
    const failing = { since: '2026-08-21T22:00:00Z', attempts: 2, why: 'no answer', next: '2026-08-21T22:10:00Z' };
    assert.match(statusText({ ...well, givenUp: 1, failing }, rows, { style }), /^failing since .*: no answer; tried/);
  });
});
