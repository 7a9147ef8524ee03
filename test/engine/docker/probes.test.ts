import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCaller } from '../../../core/engine/docker/call.ts';
import { probe } from '../../../core/engine/docker/probes.ts';
import { engineAnswers, serve } from './server.ts';

test('FM17: endpoints that a proxy refuses are named, whatever the others answer', async (t) => {
  const server = await serve(
    engineAnswers('1.41', ({ method, path }) => {
      if (method === 'DELETE') return { status: 403 };
      if (path.endsWith('/update')) return { status: 405 };
      if (path.endsWith('/start')) return { status: 500, body: { message: 'broken' } };
      return undefined;
    }),
  );
  t.after(server.close);
  const probes = await probe(createCaller(server.settings));
  const refused = probes.filter(({ allowed }) => !allowed).map(({ endpoint }) => endpoint);
  assert.deepEqual(refused, ['DELETE /images/{id}', 'POST /containers/{id}/update', 'DELETE /containers/{id}']);
});

test('FM17: nothing that is probed can exist', async (t) => {
  const server = await serve(engineAnswers('1.41'));
  t.after(server.close);
  await probe(createCaller(server.settings));
  assert.ok(server.asked.length > 10);
  for (const { method, path, query, body } of server.asked.filter((asked) => asked.method !== 'GET')) {
    assert.match(`${path} ${query} ${body}`, /belfry-probe-[0-9a-f]{16}|BELFRY-PROBE/, `${method} ${path}`);
  }
});

test('FM17: probes of an engine that is gone are not taken for a refusal', async (t) => {
  const server = await serve((_, response) => response.destroy());
  t.after(server.close);
  const probes = await probe(createCaller(server.settings));
  assert.ok(probes.every(({ allowed }) => allowed));
});
