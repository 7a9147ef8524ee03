import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { json } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../journal/sample.ts';

const child = fileURLToPath(new URL('deliver-until-idle.ts', import.meta.url));

test('FM2: every message arrives although the process is killed again and again, and twice at most once a kill', async (t) => {
  const folder = temporaryFolder(t);
  const sink = await startSink(t);
  const acknowledged: string[] = [];
  const kills = [3, 1, 25, 11];
  for (const [run, messages] of kills.entries()) {
    const { process, events } = start(folder, sink.port, run);
    sink.afterNext(messages, () => process.kill('SIGKILL'));
    acknowledged.push(...(await events));
  }
  const last = start(folder, sink.port, kills.length);
  acknowledged.push(...(await last.events));
  assert.equal(last.process.exitCode ?? (await once(last.process, 'exit'))[0], 0);

  const arrived = new Map<string, string>();
  for (const { event, id } of sink.messages) {
    assert.equal(arrived.get(event) ?? id, id, 'one event, two message ids');
    arrived.set(event, id);
  }
  assert.deepEqual(
    acknowledged.filter((event) => !arrived.has(event)),
    [],
  );
  const duplicates = sink.messages.length - arrived.size;
  assert.ok(duplicates <= kills.length, `${duplicates} duplicates`);
});

function start(folder: string, port: number, run: number) {
  const arguments_ = ['--import', 'tsx', child, folder, String(port), String(run)];
  const process_ = spawn(process.execPath, arguments_, { stdio: ['ignore', 'pipe', 'inherit'] });
  const events = (async () => {
    const lines: string[] = [];
    for await (const line of createInterface(process_.stdout)) lines.push(line);
    return lines;
  })();
  return { process: process_, events };
}

interface Arrived {
  readonly id: string;
  readonly event: string;
}

async function startSink(t: TestContext) {
  const messages: Arrived[] = [];
  let strike = { at: Number.POSITIVE_INFINITY, act: () => {} };
  const server = createServer(async (request, response) => {
    const message = (await json(request).catch(() => undefined)) as Arrived | undefined;
    if (message !== undefined) messages.push(message);
    // Half of the kills come before the answer, half after it.
    if (messages.length === strike.at && strike.at % 2 === 0) strike.act();
    response.end();
    if (messages.length === strike.at) strike.act();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => void server.close());
  return {
    messages,
    port: (server.address() as AddressInfo).port,
    afterNext(count: number, act: () => void) {
      strike = { at: messages.length + count, act };
    },
  };
}
