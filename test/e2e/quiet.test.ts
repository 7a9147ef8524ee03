import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import type { FaultFor } from '../kit/fault-proxy.ts';
import { openRegistryProxy } from '../kit/registry-proxy.ts';
import { openScene } from './scene.ts';

interface Told {
  readonly kind: string;
  readonly title: string;
  readonly failed: readonly { readonly name: string; readonly failedSince: string }[];
  readonly recovered: readonly { readonly name: string }[];
}

test('a registry that is away is told of in its time, and each cycle calls the dead man’s switch', async (t) => {
  const scene = await openScene(t);
  const told: Told[] = [];
  let calls: string[] = [];
  const sink = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    if (request.url === '/hook') told.push(JSON.parse(body) as Told);
    else calls.push(`${request.url} ${body}`);
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve));
  t.after(() => sink.close());
  const base = `http://127.0.0.1:${(sink.address() as AddressInfo).port}`;

  const fault: FaultFor = () => (isAway ? { do: 'answer', status: 503 } : undefined);
  let isAway = false;
  const registry = await openRegistryProxy(scene.registry, fault);
  t.after(() => registry.close());
  await scene.release('quiet', '1');
  const name = await scene.run('quiet', { Image: scene.reference('quiet:latest', registry.address) });

  const config = join(scene.stateFolder, 'belfry.json');
  const update = async (more: object) => {
    calls = [];
    const hook = { use: 'webhook', config: { url: `${base}/hook`, mode: 'report', ...more } };
    const deadMan = { use: 'dead-man', config: { url: `${base}/ping`, ...more, allQuiet: undefined } };
    await writeFile(config, JSON.stringify({ plugins: [hook, deadMan] }));
    return scene.belfry('update', '--config', config);
  };
  const called = () => calls.map((call) => call.split(' ')[0]);

  isAway = true;
  const first = await update({});
  assert.equal(first.item(name).problem?.code, 'REGISTRY_FAILED', first.stderr);
  assert.deepEqual([told, called()], [[], ['/ping/start', '/ping']]);

  await update({ unknownAfter: '0s' });
  assert.deepEqual(called(), ['/ping/start', '/ping/fail']);
  assert.match(calls[1] ?? '', new RegExp(`1 failed\n${name}: `));
  const [report] = told;
  assert.match(report?.title ?? '', new RegExp(`^Could not check ${name} on \\S+ since 2`));
  // What the first run has seen is known to the second.
  assert.equal(report?.failed[0]?.failedSince, first.item(name).since);

  isAway = false;
  await update({ unknownAfter: '0s' });
  assert.deepEqual(called(), ['/ping/start', '/ping']);
  assert.deepEqual([told.length, told[1]?.recovered.map((item) => item.name)], [2, [name]], JSON.stringify(told[1]));

  // Nothing is sent in a second, so that the run after it says so.
  await new Promise((resolve) => setTimeout(resolve, 2_100));
  await update({ allQuiet: '@every 1s' });
  assert.deepEqual([told.length, told[2]?.kind], [3, 'all-quiet']);
  assert.match(told[2]?.title ?? '', /^All quiet on /);

  const look = await scene.belfry('check', '--config', config);
  assert.equal(look.code, 0, look.stderr);
  assert.equal(calls.length, 2);
});
