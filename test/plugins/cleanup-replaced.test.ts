import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestHost, sampleWorkload } from 'belfry/testing';
import cleanupReplaced from '../../plugins/cleanup-replaced/index.ts';

const candidate = (imageId: string) => ({ imageId, references: [], bytes: 1, replacedBy: sampleWorkload() });

test('it proposes every image that an update left behind', async () => {
  const host = await createTestHost(cleanupReplaced);
  const verdict = await host.ask('selectCleanup', [candidate('sha256:1'), candidate('sha256:2')]);
  assert.deepEqual(verdict, { verdict: 'remove', images: ['sha256:1', 'sha256:2'] });
});
