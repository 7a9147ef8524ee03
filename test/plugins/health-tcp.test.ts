import assert from 'node:assert/strict';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import type { Route } from 'belfry/plugin';
import { createTestHost, samplePlan, sampleState, testPlugin } from 'belfry/testing';
import healthTcp from '../../plugins/health-tcp/index.ts';

/** A real port that does so with each connection. */
async function listen(t: TestContext, meet: (socket: Socket) => void): Promise<Route> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket.on('error', () => {}));
    meet(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

/** One where nobody listens. */
async function closedPort(): Promise<Route> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return { host: '127.0.0.1', port };
}

async function verdictOn(
  routes: readonly Route[],
  labels: Readonly<Record<string, string>> = { 'belfry.health.tcp': '5432' },
) {
  const asked: number[] = [];
  const host = await createTestHost(healthTcp, {
    config: { checks: [{ containers: ['db'], port: 6379 }] },
    state: () => sampleState(),
    routes: (_, port) => {
      asked.push(port);
      return { routes, obstacle: routes.length === 0 ? 'web is out of reach' : null };
    },
  });
  const plan = samplePlan({ labels });
  const verdict = await host.ask('checkHealth', plan);
  const before = await host.ask('beforeUpdate', plan);
  return { verdict: verdict?.verdict, reason: verdict?.verdict === 'unhealthy' ? verdict.reason : '', before, asked };
}

test('health-tcp is whole', () =>
  testPlugin(healthTcp, {
    valid: [undefined, { checks: [{ containers: ['db'], port: 5432, successes: 3 }] }],
    invalid: [{ checks: [{ containers: ['db'] }] }, { checks: [{ containers: ['db'], port: 65_536 }] }],
  }));

describe('health-tcp', () => {
  test('has no opinion where nothing is configured for the container', async () => {
    assert.deepEqual(await verdictOn([], {}), { verdict: undefined, reason: '', before: undefined, asked: [] });
  });

  test('is content with a port that takes a connection and keeps it', async (t) => {
    const { verdict, asked, before } = await verdictOn([await listen(t, () => {})]);
    assert.deepEqual([verdict, asked, before], ['healthy', [5432, 5432], undefined]);
  });

  test('is content with a port that speaks, and then hangs up', async (t) => {
    const { verdict } = await verdictOn([await listen(t, (socket) => socket.end('220 ready'))]);
    assert.equal(verdict, 'healthy');
  });

  test('goes by the next route where one leads nowhere', async (t) => {
    assert.equal((await verdictOn([await closedPort(), await listen(t, () => {})])).verdict, 'healthy');
  });

  test('is not content with a closed port', async () => {
    const labels = { 'belfry.health.tcp': ':5432', 'belfry.health.timeout': '20s' };
    const { reason } = await verdictOn([await closedPort()], labels);
    assert.match(reason, /^port 5432 takes no connection: connect ECONNREFUSED .* \(tried for 20s\)$/);
  });

  test('is not content with a connection that is dropped at once, as a published port of a closed one does', async (t) => {
    const route = await listen(t, (socket) => socket.destroy());
    const { reason } = await verdictOn([route], { 'belfry.health.tcp': '5432', 'belfry.health.timeout': '1s' });
    assert.match(reason, /dropped it at once|ECONNRESET/);
  });

  test('lets no update begin for a label that names no port, or a container that it does not reach', async () => {
    for (const text of ['db:5432', '0', '65536', '5432/tcp', 'evil.example:80']) {
      const host = await createTestHost(healthTcp);
      const verdict = await host.ask('beforeUpdate', samplePlan({ labels: { 'belfry.health.tcp': text } }));
      assert.deepEqual(verdict, {
        verdict: 'veto',
        reason: `the label belfry.health.tcp=${text} is not a port of the container such as 5432`,
      });
    }
    const { before, reason } = await verdictOn([]);
    assert.deepEqual(before, {
      verdict: 'veto',
      reason: 'web is out of reach; health-exec would check it from inside',
    });
    assert.equal(reason, 'web is out of reach');
  });
});
