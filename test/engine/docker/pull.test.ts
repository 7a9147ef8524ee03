import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createDockerEngine } from '../../../core/engine/docker/engine.ts';
import { withCode } from '../stage.ts';
import { engineAnswers, serve } from './server.ts';

const reference = `registry.example.org/web@sha256:${'1'.repeat(64)}`;
const cleanedUp = 'creating image "e6807473": layer not known';

/** Pulls from an engine that says one line after the other, each in a 200. */
async function pullFrom(t: TestContext, lines: readonly object[]) {
  const left = [...lines];
  const pulls = ({ path }: { readonly path: string }) => path.endsWith('/images/create');
  const server = await serve(engineAnswers('1.41', (asked) => (pulls(asked) ? { body: left.shift() } : undefined)));
  t.after(server.close);
  const pulled = createDockerEngine(server.settings).pull(reference, {});
  return { pulled, count: () => server.asked.filter(pulls).length };
}

test('a pull beside which somebody cleaned up is tried again', async (t) => {
  const { pulled, count } = await pullFrom(t, [{ error: cleanedUp }, { error: cleanedUp }, { status: 'Digest: …' }]);
  await pulled;
  assert.equal(count(), 3);
});

test('a pull beside which somebody cleans up again and again fails', async (t) => {
  const { pulled, count } = await pullFrom(t, Array(5).fill({ error: cleanedUp }));
  await assert.rejects(pulled, withCode('PULL_FAILED'));
  assert.equal(count(), 3);
});

test('a pull that failed for another reason is tried once', async (t) => {
  const { pulled, count } = await pullFrom(t, Array(5).fill({ error: 'something new' }));
  await assert.rejects(pulled, withCode('PULL_FAILED'));
  assert.equal(count(), 1);
});
