import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCaller } from '../../../core/engine/docker/call.ts';
import { exec } from '../../../core/engine/docker/exec.ts';
import { withCode } from '../stage.ts';
import { frame } from './frame.ts';
import { serve } from './server.ts';

const json = { 'Content-Type': 'application/json' };

/** An engine that says so many times that a program runs on, after its output has ended. */
const engineWhereItRuns = (times: number) => {
  let asked = 0;
  return serve(({ path }, response) => {
    if (path.endsWith('/start')) return void response.writeHead(200).end(frame('done\n'));
    if (path.endsWith('/exec')) return void response.writeHead(201, json).end('{"Id":"one"}');
    asked += 1;
    const state = asked > times ? { Running: false, ExitCode: 3 } : { Running: true, ExitCode: null };
    response.writeHead(200, json).end(JSON.stringify(state));
  });
};

test('the exit code is asked for until the engine knows it', async (t) => {
  const server = await engineWhereItRuns(2);
  t.after(server.close);
  const result = await exec(createCaller(server.settings), 'web', { argv: ['true'] });
  assert.deepEqual(result, { exitCode: 3, output: 'done\n' });
});

test('an engine that never knows the exit code is waited for no longer than the program', async (t) => {
  const server = await engineWhereItRuns(Number.POSITIVE_INFINITY);
  t.after(server.close);
  const running = exec(createCaller(server.settings), 'web', { argv: ['true'], timeout: 200 });
  await assert.rejects(running, withCode('ENGINE_TIMEOUT'));
});

test('a program is handed to the engine without a terminal, and without a user unless one is given', async (t) => {
  const server = await engineWhereItRuns(0);
  t.after(server.close);
  const command = { argv: ['sh', '-c', 'x'], user: '7:8', env: { A: '1' } };
  await exec(createCaller(server.settings), 'web', command);
  const [create, start] = server.asked.map(({ body }) => (body === '' ? undefined : JSON.parse(body)));
  assert.deepEqual(create, { AttachStdout: true, AttachStderr: true, Cmd: command.argv, Env: ['A=1'], User: '7:8' });
  assert.deepEqual(start, { Detach: false, Tty: false });
});
