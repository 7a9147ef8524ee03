import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestHost, sampleCleanupCandidate, testPlugin } from 'belfry/testing';
import plugin from './cleanup.ts';

test('the plugin is whole', () => testPlugin(plugin, { valid: [{}, { megabytes: 50 }], invalid: [{ megabytes: -1 }] }));

test('only large images go that an update has left behind', async () => {
  const host = await createTestHost(plugin, { config: { megabytes: 50 } });
  const images = [49e6, 50e6].map((bytes) => sampleCleanupCandidate({ imageId: `${bytes}`, bytes }));
  images.push(sampleCleanupCandidate({ imageId: 'foreign', bytes: 90e6, replacedAt: null, replacedBy: null }));
  assert.deepEqual(await host.ask('selectCleanup', images), { verdict: 'remove', images: ['50000000'] });
});
