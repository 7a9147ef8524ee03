import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { engineApi } from '../../core/demo/engine-api.ts';
import { engineAnswers, type Reply, serve } from '../engine/docker/server.ts';

async function openApi(t: TestContext, replies: readonly Reply[]) {
  const left = [...replies];
  const server = await serve(engineAnswers('1.41', () => left.shift()));
  t.after(server.close);
  return { ...engineApi(server.settings.host), left };
}

test('what an engine shows of images is asked for again where it lost sight of them', async (t) => {
  const lost = { status: 500, body: { message: 'image not known' } };
  const { call, left } = await openApi(t, [lost, lost, { body: { Id: 'sha256:1' } }]);
  assert.deepEqual([await call('GET', '/images/web:1/json'), left], [{ Id: 'sha256:1' }, []]);
});

test('an image that is not there is asked for once', async (t) => {
  const { call, left } = await openApi(t, [{ status: 404, body: { message: 'No such image' } }, { body: {} }]);
  await assert.rejects(call('GET', '/images/web:1/json'), /404 .*No such image/);
  assert.equal(left.length, 1);
});

test('a change is asked for once', async (t) => {
  const { call, left } = await openApi(t, [{ status: 500, body: { message: 'image not known' } }, { body: {} }]);
  await assert.rejects(call('POST', '/images/web:1/tag'), /image not known/);
  assert.equal(left.length, 1);
});
