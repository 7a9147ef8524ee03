import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestHost, sampleCleanupCandidate, testPlugin } from 'belfry/testing';
import cleanupReplaced from '../../plugins/cleanup-replaced/index.ts';

test('it is whole', () => testPlugin(cleanupReplaced));

test('it proposes every image that an update left behind', async () => {
  const host = await createTestHost(cleanupReplaced);
  const verdict = await host.ask(
    'selectCleanup',
    ['sha256:1', 'sha256:2'].map((imageId) => sampleCleanupCandidate({ imageId })),
  );
  assert.deepEqual(verdict, { verdict: 'remove', images: ['sha256:1', 'sha256:2'] });
});
