import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventText } from 'belfry/notifier';
import { sampleEvent } from 'belfry/testing';
import { eventTypes } from '../../core/events.ts';

describe('the sample of an event', () => {
  for (const type of eventTypes) {
    test(`that is ${type} is one that Belfry could state`, () => {
      const event = sampleEvent(type);
      assert.equal(event.type, type);
      assert.deepEqual(JSON.parse(JSON.stringify(event)), event);
      assert.doesNotMatch(eventText(event), /undefined|null|NaN/);
    });
  }

  test('has what the test wants to be different', () => {
    const { reason, by } = sampleEvent('skipped', { reason: 'not today' });
    assert.deepEqual([reason, by], ['not today', 'maintenance-window']);
  });

  test('is new each time, so that no test changes another’s', () => {
    assert.notEqual(sampleEvent('found').workload, sampleEvent('found').workload);
  });

  test('of a finished cycle tells of what it did', () => {
    const { items, counts } = sampleEvent('finished');
    assert.deepEqual(
      items.map(({ workload, state, to }) => [workload.name, state, to?.version]),
      [['web', 'recreated', '1.1.0']],
    );
    assert.deepEqual([counts.checked, counts.recreated, counts.upToDate], [2, 1, 1]);
  });
});
