import assert from 'node:assert/strict';
import { test } from 'node:test';
import { creatable } from '../../../core/engine/docker/create-body.ts';

test('FM37: limits that Podman shows under another name than it takes are carried over', () => {
  const limits = (Name: string) => ({ Memory: 7, Ulimits: [{ Name, Soft: 1, Hard: 2 }] });
  assert.deepEqual(creatable(limits('RLIMIT_NOFILE')), limits('nofile'));
});

test('every other setting goes to the engine as it is', () => {
  for (const given of [{}, { Ulimits: null }, { Ulimits: [{ Name: 'nofile', Soft: 1, Hard: 2 }], Unknown: [1] }]) {
    assert.equal(creatable(given), given);
  }
});
