import assert from 'node:assert/strict';
import type http from 'node:http';
import { text } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import { type TestContext, test } from 'node:test';
import { createCaller } from '../../../core/engine/docker/call.ts';
import { withCode } from '../stage.ts';
import { type Asked, serve } from './server.ts';

const open = async (t: TestContext, answer: (asked: Asked, response: http.ServerResponse) => void) => {
  const server = await serve(answer);
  t.after(server.close);
  return { server, caller: createCaller(server.settings) };
};
const get = { method: 'GET', path: '/thing', deadline: 5_000 } as const;

test('a call carries its version, query, body and headers', async (t) => {
  const { server, caller } = await open(t, (_, response) => response.end('{"fine":true}'));
  caller.version = '/v1.41';
  const call = {
    method: 'POST',
    path: '/containers/create',
    query: { name: 'web', t: 1 },
    body: { Image: 'web:1' },
    headers: { 'X-Registry-Auth': 'secret' },
    deadline: 5_000,
  } as const;
  assert.deepEqual(await caller.json(call), { fine: true });
  const [asked] = server.asked;
  assert.equal(asked?.method, 'POST');
  assert.equal(asked?.path, '/v1.41/containers/create');
  assert.deepEqual([asked?.query.get('name'), asked?.query.get('t')], ['web', '1']);
  assert.deepEqual(JSON.parse(asked?.body ?? ''), { Image: 'web:1' });
  assert.equal(asked?.headers['x-registry-auth'], 'secret');
});

test('an answer without a body is null', async (t) => {
  const { caller } = await open(t, (_, response) => response.writeHead(204).end());
  assert.equal(await caller.json(get), null);
});

test('an answer that says only OK, as Podman’s do, is null', async (t) => {
  for (const said of ['\n', 'OK\n']) {
    const { caller } = await open(t, (_, response) => response.end(said));
    assert.equal(await caller.json(get), null);
  }
});

test('an answer that says nothing has changed is no failure', async (t) => {
  const { caller } = await open(t, (_, response) => response.writeHead(304).end());
  assert.equal(await caller.json(get), null);
});

test('an answer of 400 or more fails with its code and words', async (t) => {
  const { caller } = await open(t, (_, response) => response.writeHead(409).end('{"message":"in use"}'));
  await assert.rejects(caller.json(get), { code: 'ENGINE_CONFLICT', message: 'in use' });
});

test('an answer that is no JSON is ENGINE_ANSWER_INVALID', async (t) => {
  const { caller } = await open(t, (_, response) => response.end('<html>'));
  await assert.rejects(caller.json(get), withCode('ENGINE_ANSWER_INVALID'));
});

test('an engine that does not answer in time is ENGINE_TIMEOUT', async (t) => {
  const { caller } = await open(t, () => {});
  await assert.rejects(caller.json({ ...get, deadline: 50 }), withCode('ENGINE_TIMEOUT'));
});

test('the deadline holds for the whole answer, not only its beginning', async (t) => {
  const { caller } = await open(t, (_, response) => void response.write('{"half":'));
  await assert.rejects(caller.json({ ...get, deadline: 50 }), withCode('ENGINE_TIMEOUT'));
});

test('an answer that says nothing of its length does not end where the deadline cuts it', async (t) => {
  const { caller } = await open(t, (_, response) => {
    response.useChunkedEncodingByDefault = false;
    response.writeHead(200, { connection: 'close' }).write('half');
  });
  await assert.rejects(caller.request({ ...get, deadline: 50 }, text), withCode('ENGINE_TIMEOUT'));
});

test('a connection cut before the answer is ENGINE_ANSWER_INVALID', async (t) => {
  const { caller } = await open(t, (_, response) => response.destroy());
  await assert.rejects(caller.json(get), withCode('ENGINE_ANSWER_INVALID'));
});

test('an answer cut in its middle is ENGINE_ANSWER_INVALID, also where it is read as a stream', async (t) => {
  const { caller } = await open(t, (_, response) => {
    response.writeHead(200, { 'content-length': 100 });
    response.write('{"half":', () => response.destroy());
  });
  await assert.rejects(caller.json(get), withCode('ENGINE_ANSWER_INVALID'));
  await assert.rejects(caller.request(get, text), withCode('ENGINE_ANSWER_INVALID'));
});

test('an answer of which nothing is read keeps no connection, and so no process, open', {
  timeout: 10_000,
}, async (t) => {
  const { caller } = await open(t, (_, response) => response.end());
  await finished(await caller.request({ ...get, method: 'HEAD' }, async (response) => response));
});

test('a signal stops a call, before and while it runs', async (t) => {
  const abort = new AbortController();
  const { caller } = await open(t, () => abort.abort());
  await assert.rejects(caller.json({ ...get, signal: abort.signal }), withCode('STOPPED_BY_SIGNAL'));
  await assert.rejects(caller.json({ ...get, signal: abort.signal }), withCode('STOPPED_BY_SIGNAL'));
});

test('a socket that is not there is ENGINE_UNREACHABLE', async () => {
  const settings = { host: 'unix:///nonexistent/docker.sock', tlsVerify: false, certPath: null, apiVersion: null };
  await assert.rejects(createCaller(settings).json(get), withCode('ENGINE_UNREACHABLE'));
});

test('the environment of the process does not redirect a call', async (t) => {
  const { caller, server } = await open(t, (_, response) => response.end('{}'));
  const before = process.env.DOCKER_HOST;
  process.env.DOCKER_HOST = 'tcp://nowhere.invalid:1';
  t.after(() => {
    if (before === undefined) delete process.env.DOCKER_HOST;
    else process.env.DOCKER_HOST = before;
  });
  await caller.json(get);
  await createCaller(server.settings).json(get);
  assert.equal(server.asked.length, 2);
});
