import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { ask } from '../../core/control/ask.ts';
import { takeLock } from '../../core/control/lock.ts';
import { longestRequest } from '../../core/control/protocol.ts';
import { type Handlers, serve } from '../../core/control/serve.ts';
import { AppError, AppErrors, problemOf } from '../../core/errors/app-error.ts';
import { say, temporaryFolder } from '../journal/sample.ts';

const nothing = async () => null;
const idle: Handlers = {
  ...{ update: nothing, rollback: nothing, recover: nothing, approve: nothing, deny: nothing },
  ...{ notify: nothing, plugins: nothing, reload: nothing },
};

async function running(t: TestContext, handlers: Partial<Handlers> = {}) {
  const folder = temporaryFolder(t);
  const lock = await takeLock(folder);
  if (!lock.held) throw new Error('the lock is taken');
  t.after(() => lock.release());
  serve(lock, { ...idle, ...handlers });
  return { folder, lock };
}

function deferred<Value>() {
  let resolve: (value: Value) => void = () => {};
  const promise = new Promise<Value>((fulfil) => {
    resolve = fulfil;
  });
  return { promise, resolve };
}

const silent = () => {};
const update = { schema: 1, command: 'update', names: ['web'] } as const;

describe('the control socket', () => {
  test('answers a ping with who is there', async (t) => {
    const { folder } = await running(t);
    assert.deepEqual(await ask(folder, { schema: 1, command: 'ping' }, silent), { schema: 1, pid: process.pid });
  });

  test('streams events and progress, then the result', async (t) => {
    const event = say.started();
    const { folder } = await running(t, {
      async update({ names }, audience) {
        audience.event(event);
        audience.progress({ layers: 3 });
        return { updated: names };
      },
    });
    const lines: unknown[] = [];
    assert.deepEqual(await ask(folder, update, (line) => lines.push(line)), { updated: ['web'] });
    assert.deepEqual(lines, [{ event }, { progress: { layers: 3 } }]);
  });

  test('brings a problem back with its code, message and hint', async (t) => {
    const { folder } = await running(t, {
      rollback: async () => {
        throw new AppError('WORKLOAD_UNKNOWN', 'no container is named web', { hint: 'look again' });
      },
    });
    await assert.rejects(ask(folder, { schema: 1, command: 'rollback', name: 'web' }, silent), {
      code: 'WORKLOAD_UNKNOWN',
      message: 'no container is named web',
      hint: 'look again',
    });
  });

  test('refuses what it does not understand', async (t) => {
    const { folder } = await running(t);
    for (const request of [
      { ...update, schema: 2 },
      { ...update, command: 'explode' },
      { ...update, name: 'x' },
    ]) {
      await assert.rejects(ask(folder, request as never, silent), { code: 'CONTROL_REQUEST_INVALID' });
    }
  });

  test('refuses a line that is too long, and goes on answering others', async (t) => {
    const { folder } = await running(t);
    const names = ['x'.repeat(longestRequest)];
    await assert.rejects(ask(folder, { ...update, names }, silent), { code: 'CONTROL_REQUEST_INVALID' });
    await ask(folder, { schema: 1, command: 'ping' }, silent);
  });

  test('those who connect before it serves are answered once it does', async (t) => {
    const folder = temporaryFolder(t);
    const lock = await takeLock(folder);
    if (!lock.held) throw new Error('the lock is taken');
    t.after(() => lock.release());
    const answer = ask(folder, { schema: 1, command: 'ping' }, silent);
    await new Promise(setImmediate);
    serve(lock, idle);
    assert.deepEqual(await answer, { schema: 1, pid: process.pid });
  });

  test('FM77: a client that goes away does not stop the work', async (t) => {
    const begun = deferred<void>();
    const goOn = deferred<void>();
    const done = deferred<string>();
    const { folder } = await running(t, {
      async update(_, audience) {
        begun.resolve();
        await goOn.promise;
        for (let count = 0; count < 1000; count += 1) audience.event(say.upToDate());
        done.resolve('finished');
      },
    });
    const socket = connect(join(folder, 'belfry.sock'));
    socket.write(`${JSON.stringify(update)}\n`);
    await begun.promise;
    socket.destroy();
    await once(socket, 'close');
    goOn.resolve();
    assert.equal(await done.promise, 'finished');
  });

  test('a Belfry that goes away in the middle of its answer is told as such', async (t) => {
    const begun = deferred<void>();
    const { folder, lock } = await running(t, {
      update: () => {
        begun.resolve();
        return new Promise(() => {});
      },
    });
    const answer = ask(folder, update, silent);
    await begun.promise;
    await Promise.all([assert.rejects(answer, { code: 'CONTROL_FAILED' }), lock.release()]);
    await assert.rejects(ask(folder, update, silent), { code: 'NOT_RUNNING' });
  });

  test('brings several problems back, all of them', async (t) => {
    const problems = [new AppError('PLUGIN_NOT_FOUND', 'no slak'), new AppError('CONFIG_INVALID', 'no such hour')];
    const { folder } = await running(t, {
      reload: async () => {
        throw new AppErrors(problems);
      },
    });
    await assert.rejects(ask(folder, { schema: 1, command: 'reload' }), (error) => {
      assert.ok(error instanceof AppErrors);
      assert.deepEqual(error.errors.map(problemOf), problems.map(problemOf));
      return true;
    });
  });

  test('that does not answer is waited for only as long as one likes', async (t) => {
    const { folder } = await running(t, { plugins: () => new Promise(() => {}) });
    await assert.rejects(ask(folder, { schema: 1, command: 'plugins' }, silent, 20), {
      code: 'CONTROL_FAILED',
      message: 'the running Belfry did not answer within 0.02 s',
    });
  });
});
