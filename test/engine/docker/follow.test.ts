import assert from 'node:assert/strict';
import { once } from 'node:events';
import type http from 'node:http';
import { test } from 'node:test';
import { createCaller } from '../../../core/engine/docker/call.ts';
import { follow } from '../../../core/engine/docker/follow.ts';
import { until } from '../../kit/until.ts';
import { withCode } from '../stage.ts';
import { frame } from './frame.ts';
import { engineAnswers, serve } from './server.ts';

test('FM11: following keeps the last lines, however much came before', async (t) => {
  let attached: http.ServerResponse | undefined;
  const server = await serve((_, response) => {
    attached = response;
    response.writeHead(200).flushHeaders();
  });
  t.after(server.close);
  const followed = await follow(createCaller(server.settings), 'web', 60_000);
  assert.deepEqual(followed.lines(5), []);
  for (let line = 0; line < 3_000; line += 1) attached?.write(frame(`${'x'.repeat(80)} ${line}\n`));
  attached?.end(frame('the last words\n', 2));
  await until('the last words', async () => followed.lines(1)[0] === 'the last words');
  assert.match(followed.lines(2)[0] ?? '', /^x{80} 2999$/);
  followed.close();
});

test('closing ends the connection, and keeps what was said', async (t) => {
  let closed: Promise<unknown> = Promise.resolve();
  const server = await serve((_, response) => {
    closed = once(response, 'close');
    response.writeHead(200);
    response.write(frame('hello\n'));
  });
  t.after(server.close);
  const followed = await follow(createCaller(server.settings), 'web', 60_000);
  await until('a line', async () => followed.lines(1).length === 1);
  followed.close();
  await closed;
  assert.deepEqual(followed.lines(5), ['hello']);
});

test('following a container that is gone is ENGINE_NOT_FOUND', async (t) => {
  const server = await serve(engineAnswers('1.41'));
  t.after(server.close);
  await assert.rejects(follow(createCaller(server.settings), 'web', 60_000), withCode('ENGINE_NOT_FOUND'));
});
