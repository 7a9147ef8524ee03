import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { speaks } from '../../../core/engine/api-version.ts';
import { createCaller } from '../../../core/engine/docker/call.ts';
import { negotiate } from '../../../core/engine/docker/negotiate.ts';
import { withCode } from '../stage.ts';
import { engineAnswers, serve } from './server.ts';

const negotiated = async (t: TestContext, answers: Parameters<typeof serve>[0], wanted: string | null = null) => {
  const server = await serve(answers);
  t.after(server.close);
  const caller = createCaller(server.settings);
  const info = await negotiate(caller, wanted, 10_000);
  return { info, caller, paths: server.asked.map(({ path }) => path) };
};

test('versions compare by number, not by letter', () => {
  assert.ok(speaks('1.44', '1.42'));
  assert.ok(speaks('1.42', '1.42'));
  assert.ok(speaks('1.100', '1.51'));
  assert.ok(speaks('2.0', '1.51'));
  assert.ok(!speaks('1.9', '1.41'));
});

test('an older engine is spoken to in its own version, in one call', async (t) => {
  const { info, caller, paths } = await negotiated(t, engineAnswers('1.43'));
  assert.equal(info.apiVersion, '1.43');
  assert.equal(caller.version, '/v1.43');
  assert.deepEqual(paths, ['/info']);
  assert.deepEqual([info.id, info.name, info.os, info.version], ['ID:1', 'host', 'linux', 'unknown']);
});

test('a newer engine is spoken to in the newest version that Belfry knows', async (t) => {
  const { info } = await negotiated(t, engineAnswers('1.99'));
  assert.equal(info.apiVersion, '1.51');
});

test('a version that the user wants is used', async (t) => {
  const { info } = await negotiated(t, engineAnswers('1.51'), '1.44');
  assert.equal(info.apiVersion, '1.44');
});

test('an engine older than 1.41 is ENGINE_API_TOO_OLD', async (t) => {
  await assert.rejects(negotiated(t, engineAnswers('1.40')), withCode('ENGINE_API_TOO_OLD'));
});

test('a proxy that hides /info is asked with /_ping', async (t) => {
  const hidden = engineAnswers('1.45', ({ path }) => (path === '/_ping' ? { body: 'OK' } : { status: 403 }));
  const { info, paths } = await negotiated(t, hidden);
  assert.deepEqual([info.apiVersion, info.id], ['1.45', 'unknown']);
  assert.deepEqual(paths, ['/info', '/_ping']);
});

test('Podman, which gives itself another id in every answer, goes by where its images lie', async (t) => {
  const podman = (ID: string, DockerRootDir: string) =>
    negotiated(t, (_, response) => {
      response.setHeader('api-version', '1.41').setHeader('libpod-api-version', '4.3.1');
      response.end(JSON.stringify({ ID, Name: 'host', DockerRootDir }));
    });
  const [first, again, other] = [await podman('1', '/a'), await podman('2', '/a'), await podman('3', '/b')];
  assert.equal(first.info.id, again.info.id);
  assert.notEqual(first.info.id, other.info.id);
  assert.equal(first.info.imageStore, 'podman');
});

test('an engine says whether containerd keeps its images', async (t) => {
  const storeOf = async (DriverStatus: unknown) => {
    const body = JSON.stringify({ ID: '1', DriverStatus });
    const { info } = await negotiated(t, (_, response) => void response.setHeader('api-version', '1.51').end(body));
    return info.imageStore;
  };
  assert.equal(await storeOf([['driver-type', 'io.containerd.snapshotter.v1']]), 'containerd');
  assert.equal(await storeOf([['Backing Filesystem', 'extfs']]), 'classic');
});

test('what names no API version is no engine', async (t) => {
  const stranger = (_: unknown, response: { end(body: string): unknown }) => void response.end('{}');
  await assert.rejects(negotiated(t, stranger), withCode('ENGINE_ANSWER_INVALID'));
});

test('an answer that is no JSON is ENGINE_ANSWER_INVALID', async (t) => {
  const broken = (_: unknown, response: { end(body: string): unknown }) => void response.end('<html>');
  await assert.rejects(negotiated(t, broken), withCode('ENGINE_ANSWER_INVALID'));
});
