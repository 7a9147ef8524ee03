import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleEvent } from 'belfry/testing';
import { eventTypes } from '../../core/events.ts';
import { carried } from './plugin-guide.ts';

const common = ['id', 'type', 'time', 'cycle', 'host', 'workload', 'ending'];

for (const type of eventTypes) {
  test(`the guide names everything that ${type} carries`, () => {
    const keys = Object.keys(carried[type].keys);
    const missing = Object.keys(sampleEvent(type)).filter((key) => !common.includes(key) && !keys.includes(key));
    assert.deepEqual(missing, [], `add them to \`carried\` in test/generated/plugin-guide.ts`);
  });
}
