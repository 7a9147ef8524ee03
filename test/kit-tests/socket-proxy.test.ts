import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { engineApi } from '../../core/demo/engine-api.ts';
import { webService } from '../../core/demo/web-service.ts';
import { type Environment, openEnvironment } from '../kit/environment.ts';
import type { FaultFor } from '../kit/fault-proxy.ts';
import { openSocketProxy, type SocketProxy } from '../kit/socket-proxy.ts';
import { stepIn } from '../kit/step-in.ts';
import { until } from '../kit/until.ts';

describe('a proxy in front of the engine', () => {
  let environment: Environment;
  let image: string;
  let proxy: SocketProxy | undefined;
  before(async () => {
    environment = await openEnvironment();
    image = (await environment.push('web:1', webService('1'))).reference;
    await engineApi(environment.engineHost).pull(image);
  });
  after(async () => {
    await proxy?.close();
    await environment.close();
  });

  /** A client of a new proxy with this fault. */
  async function behind(fault?: FaultFor) {
    await proxy?.close();
    proxy = await openSocketProxy(environment.engineHost, fault);
    return { proxy, api: engineApi(proxy.host) };
  }

  const create = (name: string) => `/v1.41/containers/create?name=${environment.name(name)}`;
  const exists = async (name: string) => (await environment.containers()).includes(environment.name(name));
  const body = () => ({ Image: image, Labels: { 'belfry.scope': environment.scope } });

  test('passes calls on and records them in order, without the API version', async () => {
    const { proxy, api } = await behind();
    await api.call('GET', '/v1.41/version');
    await api.call('POST', create('recorded'), body());
    await api.ask('DELETE', `/containers/${environment.name('recorded')}`);
    assert.deepEqual(
      proxy.calls.map(({ n, method, path, query }) => [n, method, path, query.get('name')]),
      [
        [1, 'GET', '/version', null],
        [2, 'POST', '/containers/create', environment.name('recorded')],
        [3, 'DELETE', `/containers/${environment.name('recorded')}`, null],
      ],
    );
  });

  test('cuts a call before the engine hears of it', async () => {
    const { api } = await behind(() => ({ do: 'cut', when: 'before' }));
    await assert.rejects(api.call('POST', create('unborn'), body()), { code: 'ECONNRESET' });
    assert.equal(await exists('unborn'), false);
  });

  test('cuts a call after the engine has done it, and does first what it is told to', async () => {
    const events: string[] = [];
    const first = async () => void events.push((await exists('born')) ? 'done' : 'not done');
    const { api } = await behind(() => ({ do: 'cut', when: 'after', first }));
    await api.call('POST', create('born'), body()).catch(() => events.push('cut'));
    assert.deepEqual(events, ['done', 'cut']);
  });

  test('deserts a call, which the engine does all the same', async () => {
    const { api } = await behind(() => ({ do: 'desert' }));
    await assert.rejects(api.call('POST', create('deserted'), body()), { code: 'ECONNRESET' });
    assert.ok(await until('a container', () => exists('deserted')));
  });

  test('refuses what is forbidden, also to a probe, which it neither records nor lets a fault see', async () => {
    const { proxy, api } = await behind(() => ({ do: 'answer', status: 500 }));
    const probe = '/containers/belfry-probe-1/stop';
    assert.equal((await api.ask('POST', probe)).status, 404);
    proxy.forbid(({ method, path }) => method === 'POST' && path.endsWith('/stop'));
    assert.equal((await api.ask('POST', probe)).status, 403);
    assert.deepEqual(proxy.calls, []);
    assert.equal((await api.ask('POST', '/containers/web/stop')).status, 403);
    assert.equal((await api.ask('POST', '/containers/web/start')).status, 500);
    assert.equal(proxy.calls.length, 2);
  });

  test('lets somebody step in just before a call, once', async () => {
    const { proxy, api } = await behind();
    const deed = stepIn(proxy, /^POST \/containers\/create$/, () =>
      environment.api<{ readonly Id: string }>('POST', create('first'), body()),
    );
    assert.equal((await api.ask('POST', create('first'), body())).status, 409);
    assert.equal((await environment.inspect(environment.name('first'))).Id, (await deed).Id);
    assert.equal((await api.ask('POST', create('second'), body())).status, 201);
  });

  test('answers in the engine’s place', async () => {
    const { api } = await behind(() => ({ do: 'answer', status: 409, body: '{"message":"name in use"}' }));
    const answer = await api.ask('POST', create('conflict'), body());
    assert.deepEqual([answer.status, answer.body.toString()], [409, '{"message":"name in use"}']);
    assert.equal(await exists('conflict'), false);
  });

  test('answers otherwise than the engine, which has done its work', async () => {
    const { api } = await behind(() => ({ do: 'answer', when: 'after', status: 500 }));
    assert.equal((await api.ask('POST', create('done'), body())).status, 500);
    assert.equal(await exists('done'), true);
  });

  test('cuts a pull off in the middle of its stream', async () => {
    const { api } = await behind(({ path }) => (path === '/images/create' ? { do: 'truncate', bytes: 50 } : undefined));
    await assert.rejects(api.pull(image), { code: 'ECONNRESET' });
  });

  test('delays a call, or never answers it', async () => {
    const { api } = await behind(({ path }) => (path === '/version' ? { do: 'delay', ms: 100 } : { do: 'hang' }));
    const begun = performance.now();
    await api.call('GET', '/version');
    assert.ok(performance.now() - begun >= 99);
    assert.equal(await api.answers(100), false);
  });

  test('lets another fault take effect from the next call on', async () => {
    const { proxy, api } = await behind(() => ({ do: 'answer', status: 500 }));
    assert.equal((await api.ask('GET', '/version')).status, 500);
    proxy.setFault(() => undefined);
    assert.equal((await api.ask('GET', '/version')).status, 200);
  });

  test('hands a stream on as it comes, and ends it at the engine when the client leaves', async () => {
    const { reference } = await environment.push('ticks:1', {
      config: { Cmd: ['sh', '-c', "trap 'exit 0' TERM; echo tick; sleep 60 & wait"] },
    });
    const name = await environment.run('ticks', { Image: reference, Tty: true });
    const { proxy } = await behind();
    const socketPath = proxy.host.slice('unix://'.length);
    const path = `/containers/${name}/logs?follow=1&stdout=1`;
    const first = await new Promise<string>((resolve, reject) => {
      const client = request({ socketPath, path }, (response) => {
        response.once('data', (chunk: Buffer) => {
          resolve(chunk.toString());
          client.destroy();
        });
      });
      client.on('error', reject).end();
    });
    assert.equal(first, 'tick\r\n');
    assert.equal((await environment.inspect(name)).State.Running, true);
    await Promise.race([proxy.close(), delay(5_000).then(() => assert.fail('the proxy does not close'))]);
  });
});
