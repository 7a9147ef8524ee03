import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { openScene } from './scene.ts';

interface Received {
  readonly id: string;
  readonly type: string;
  readonly data: { readonly title: string; readonly recreated: readonly { readonly name: string }[] };
}

test('a report that could not be delivered goes out with the next run, once, with the same id', async (t) => {
  const scene = await openScene(t);
  const received: Received[] = [];
  const refused: string[] = [];
  let works = false;
  const sink = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const message = JSON.parse(body) as Received;
    assert.equal(request.headers['webhook-id'], message.id);
    if (works) received.push(message);
    else refused.push(message.id);
    response.writeHead(works ? 204 : 503).end();
  });
  const url = await listen(sink);
  t.after(() => sink.close());
  const config = join(scene.stateFolder, 'belfry.json');
  await writeFile(config, JSON.stringify({ plugins: [{ use: 'webhook', config: { url } }] }));

  const name = await scene.deploy('web');
  await scene.release('web', '2');
  const first = await scene.belfry('update', '--config', config);
  assert.equal(first.item(name).state, 'recreated', first.stderr);
  assert.match(first.stderr, /1 message could not be delivered yet/);
  assert.notEqual(refused.length, 0);

  works = true;
  const second = await scene.belfry('update', '--config', config);
  assert.equal(second.code, 0, second.stderr);
  assert.deepEqual(
    received.map(({ id }) => id),
    [refused[0]],
  );
  assert.equal(received[0]?.type, 'belfry.run.v1');
  assert.match(received[0]?.data.title ?? '', /^1 updated on .*, nothing to do$/);
  assert.deepEqual(
    received[0]?.data.recreated.map((item) => item.name),
    [name],
  );
});

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
}
