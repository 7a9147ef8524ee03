import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { openScene } from './scene.ts';

interface Received {
  readonly id: string;
  readonly data: { readonly kind: string; readonly counts: { readonly recreated: number } };
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

  const notify = (...args: readonly string[]) => scene.start(['notify', ...args, '--json', '--config', config]).done;
  const { notifiers } = (await notify('status')).json<{ notifiers: readonly Record<string, unknown>[] }>();
  assert.deepEqual([notifiers[0]?.name, notifiers[0]?.waiting, notifiers[0]?.givenUp], ['webhook', 1, 0]);
  const { messages } = (await notify('outbox', 'list')).json<{ messages: readonly Record<string, unknown>[] }>();
  assert.deepEqual([messages[0]?.message, messages[0]?.state], [refused[0], 'retrying']);
  const test = await notify('test', 'webhook', '--kind', 'failed');
  assert.equal(test.code, 1);
  const [tried] = test.json<{ results: readonly Record<string, unknown>[] }>().results;
  assert.deepEqual([tried?.outcome, tried?.attempts], ['waiting', 1]);
  assert.equal((await notify('outbox', 'drop', String(tried?.message))).code, 0);

  works = true;
  const second = await scene.belfry('update', '--config', config);
  assert.equal(second.code, 0, second.stderr);
  assert.deepEqual(
    received.map(({ id }) => id),
    [refused[0]],
  );
  assert.deepEqual([received[0]?.data.kind, received[0]?.data.counts.recreated], ['run', 1]);

  // Beside a Belfry that watches, it is that one which sends.
  const watching = scene.start(['--config', config]);
  await watching.printed('stderr', /next run/);
  const sent = (await notify('test')).json<{ results: readonly Record<string, unknown>[] }>().results;
  assert.deepEqual([sent[0]?.outcome, sent[0]?.message], ['sent', received.at(-1)?.id]);
  assert.equal((await notify('snooze', 'webhook', '1h')).code, 0);
  const snoozed = (await notify('status')).json<{ notifiers: readonly Record<string, unknown>[] }>().notifiers;
  assert.equal(typeof snoozed[0]?.snoozedUntil, 'string');
  watching.child.kill('SIGTERM');
  await watching.done;
});

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
}
