import assert from 'node:assert/strict';
import { type AddressInfo, createServer } from 'node:net';
import { after, afterEach, describe, test } from 'node:test';
import type { RegistrySettings } from '../../core/config/settings.ts';
import { hasCode } from '../../core/errors/app-error.ts';
import type { Code } from '../../core/errors/catalogue.ts';
import { createRegistry } from '../../core/registry/client.ts';
import type { Registry } from '../../core/registry/port.ts';
import { parseReference } from '../../core/registry/reference.ts';
import { makeCertificate } from './certificate.ts';
import { closeServers, type Reply, type Server, startProxy, startServer } from './server.ts';

afterEach(closeServers);

const sha = `sha256:${'0f'.repeat(32)}`;
// Without a length Node gives up the connection after a HEAD.
const fine: Reply = { status: 200, headers: { 'docker-content-digest': sha, 'content-length': '10' } };

interface Options {
  readonly registries?: Record<string, RegistrySettings>;
  readonly registryTlsSkip?: boolean;
  readonly env?: Record<string, string>;
  readonly now?: () => number;
  readonly timeoutMs?: number;
}

/** Asks a host for the digest of `team/app:1`. */
function ask(host: string, { registries = {}, registryTlsSkip = false, env = {}, ...rest }: Options = {}) {
  const registry = createRegistry({ registries, registryTlsSkip, env: { HOME: '/nonexistent', ...env }, ...rest });
  return registry.digest(parseReference(`${host}/team/app:1`));
}

const is = (code: Code) => (error: unknown) => {
  if (!hasCode(error, code)) throw error;
  return true;
};

describe('an answer that is none', () => {
  /** What the registry answers to everything, and what that means. */
  const cases: readonly (readonly [string, Reply, Code])[] = [
    ['401 without a challenge', { status: 401 }, 'REGISTRY_UNAUTHORIZED'],
    ['403', { status: 403 }, 'REGISTRY_UNAUTHORIZED'],
    ['404', { status: 404, headers: { 'docker-distribution-api-version': 'registry/2.0' } }, 'REGISTRY_NOT_FOUND'],
    ['404 of something that is no registry', { status: 404 }, 'REGISTRY_NOT_FOUND'],
    ['410', { status: 410 }, 'REGISTRY_NOT_FOUND'],
    ['418', { status: 418 }, 'REGISTRY_ANSWER_INVALID'],
    ['429', { status: 429 }, 'REGISTRY_RATE_LIMITED'],
    ['500', { status: 500 }, 'REGISTRY_FAILED'],
    ['503 with Retry-After', { status: 503, headers: { 'retry-after': '5' } }, 'REGISTRY_FAILED'],
    ['a reset connection', 'reset', 'REGISTRY_UNREACHABLE'],
    ['silence', undefined, 'REGISTRY_TIMEOUT'],
    [
      'a captive portal',
      { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' },
      'REGISTRY_ANSWER_INVALID',
    ],
    ['JSON of another kind', { status: 200, body: '{"status":"ok"}' }, 'REGISTRY_ANSWER_INVALID'],
    ['an endless redirect', { status: 302, headers: { location: '/again' } }, 'REGISTRY_ANSWER_INVALID'],
    ['a redirect to nowhere', { status: 307 }, 'REGISTRY_ANSWER_INVALID'],
    ['a redirect to a file', { status: 307, headers: { location: 'file:///etc/passwd' } }, 'REGISTRY_ANSWER_INVALID'],
  ];
  for (const [name, reply, code] of cases) {
    test(`FM67: ${name} is ${code}`, async () => {
      const server = await startServer(() => reply);
      // Only silence takes all of it.
      await assert.rejects(ask(server.host, { timeoutMs: reply === undefined ? 300 : 5000 }), is(code));
    });
  }

  for (const reply of [{ status: 429 }, { status: 500 }, { status: 503 }, { status: 403 }]) {
    test(`FM67: after ${reply.status} nothing else is asked`, async () => {
      const server = await startServer(() => reply);
      await assert.rejects(ask(server.host));
      assert.deepEqual(
        server.seen.map(({ method }) => method),
        ['HEAD'],
      );
    });
  }

  test('a host that is not there is REGISTRY_UNREACHABLE', async () => {
    const server = await startServer(() => fine);
    await server.close();
    await assert.rejects(ask(server.host), is('REGISTRY_UNREACHABLE'));
    await assert.rejects(ask('nowhere.invalid'), is('REGISTRY_UNREACHABLE'));
  });

  test('a body that is cut short is REGISTRY_ANSWER_INVALID', async () => {
    const server = await startServer(({ method }) => (method === 'HEAD' ? { status: 405 } : 'cut'));
    await assert.rejects(ask(server.host), is('REGISTRY_ANSWER_INVALID'));
  });

  test('a body that is too long is REGISTRY_ANSWER_INVALID', async () => {
    const server = await startServer(({ method }) =>
      method === 'HEAD' ? { status: 405 } : { status: 200, body: Buffer.alloc(4 * 1024 * 1024 + 1, ' ') },
    );
    await assert.rejects(ask(server.host), is('REGISTRY_ANSWER_INVALID'));
  });

  test('the registry’s own words are in the message, on one line', async () => {
    const body = JSON.stringify({ errors: [{ code: 'DENIED', message: 'not\nfor\u001b[31m you' }] });
    const server = await startServer(({ method }) => (method === 'HEAD' ? { status: 405 } : { status: 403, body }));
    await assert.rejects(ask(server.host), /denies access \(403\): not for \[31m you\.$/);
  });
});

describe('FM67: a host that limits its rate', () => {
  for (const [form, value] of [
    ['seconds', '90'],
    ['a date', new Date(1_000_000 + 90_000).toUTCString()],
  ] as const) {
    test(`is left alone for as long as it says in ${form}`, async () => {
      let clock = 1_000_000;
      let limited = true;
      const server = await startServer(() => (limited ? { status: 429, headers: { 'retry-after': value } } : fine));
      const registry = createRegistry({ registries: {}, registryTlsSkip: false, env: {}, now: () => clock });
      const digest = (name: string) => registry.digest(parseReference(`${server.host}/${name}`));
      await assert.rejects(digest('a'), /until 1970-01-01T00:18:10/);
      limited = false;
      clock += 89_000;
      await assert.rejects(digest('b'), is('REGISTRY_RATE_LIMITED'));
      assert.equal(server.seen.length, 1);
      clock += 1000;
      assert.equal(await digest('b'), sha);
    });
  }
});

describe('a redirect', () => {
  test('to another host does not carry Authorization, within the host it does', async () => {
    const storage = await startServer(() => fine);
    const server = await startServer(({ path, authorization }) => {
      if (authorization === undefined) return { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } };
      const location = path.startsWith('/moved') ? `http://${storage.host}/stored` : '/moved';
      return { status: 307, headers: { location } };
    });
    const registries = { [server.host]: { username: 'ann', password: 'p' } };
    assert.equal(await ask(server.host, { registries }), sha);
    const paths = server.seen.map(({ path, authorization }) => [path, authorization !== undefined]);
    assert.deepEqual(paths, [
      ['/v2/team/app/manifests/1', false],
      ['/v2/team/app/manifests/1', true],
      ['/moved', true],
    ]);
    assert.deepEqual(
      storage.seen.map(({ authorization }) => authorization),
      [undefined],
    );
  });
});

describe('TLS', () => {
  const good = makeCertificate();
  const expired = makeCertificate({ expired: true });
  after(() => {
    good.remove();
    expired.remove();
  });

  test('with an unknown certificate is REGISTRY_TLS, and plain HTTP is not tried', async () => {
    const server = await startServer(() => fine, good);
    const registries = { [server.host]: { insecure: false } };
    await assert.rejects(ask(server.host, { registries }), is('REGISTRY_TLS'));
    assert.equal(server.seen.length, 0);
  });

  test('with an expired certificate is REGISTRY_TLS, and says so', async () => {
    const server = await startServer(() => fine, expired);
    const registries = { [server.host]: { ca: expired.path } };
    await assert.rejects(ask(server.host, { registries }), is('REGISTRY_TLS'));
    await assert.rejects(ask(server.host, { registries }), /has expired/);
  });

  test('with a certificate of the host’s own CA is trusted', async () => {
    const server = await startServer(() => fine, good);
    assert.equal(await ask(server.host, { registries: { '127.0.0.1': { ca: good.path } } }), sha);
  });

  test('with a CA file that cannot be read names the file', async () => {
    const registries = { 'registry.example': { ca: '/nonexistent/ca.pem' } };
    await assert.rejects(ask('registry.example', { registries }), /\/nonexistent\/ca\.pem, cannot be read/);
  });

  test('is not verified on an insecure host, nor on loopback', async () => {
    const server = await startServer(() => fine, expired);
    assert.equal(await ask(server.host), sha);
    assert.equal(await ask(server.host, { registries: { [server.host]: { insecure: true } } }), sha);
  });

  test('is not spoken by a plain registry: REGISTRY_TLS unless the host is insecure', async () => {
    const server = await startServer(() => fine);
    await assert.rejects(ask(server.host, { registries: { [server.host]: { insecure: false } } }), is('REGISTRY_TLS'));
    assert.equal(await ask(server.host, { registryTlsSkip: true }), sha);
    assert.equal(await ask(server.host), sha);
  });
});

describe('a connection', () => {
  const digest = (server: Server, registry: Registry, name: string) =>
    registry.digest(parseReference(`${server.host}/${name}`));

  test('is made by the scheme that worked before', async () => {
    const server = await startServer(() => fine);
    const registry = createRegistry({ registries: {}, registryTlsSkip: false, env: {} });
    for (const name of ['a', 'b', 'c']) await digest(server, registry, name);
    assert.equal(server.misspoken(), 1);
    assert.deepEqual(
      server.seen.map(({ nth }) => nth),
      [1, 2, 3],
    );
  });

  test('that the server closes as it is used again is replaced by another', async () => {
    const server = await startServer(({ nth }) => (nth === 1 ? fine : 'reset'));
    const registry = createRegistry({ registries: {}, registryTlsSkip: false, env: {} });
    for (const name of ['a', 'b', 'c']) assert.equal(await digest(server, registry, name), sha);
  });
});

describe('a proxy in force', () => {
  const certificate = makeCertificate();
  after(() => certificate.remove());
  const registries = { 'registry.example': { ca: certificate.path } };

  test('carries HTTPS through a tunnel and sees nothing of it', async () => {
    const server = await startServer(() => fine, certificate);
    const proxy = await startProxy(server.port);
    assert.equal(await ask('registry.example', { registries, env: { HTTPS_PROXY: `http://${proxy.host}` } }), sha);
    assert.deepEqual(proxy.tunnels, ['registry.example:443']);
    assert.equal(proxy.seen.length, 0);
    assert.equal(server.seen[0]?.host, 'registry.example');
  });

  test('still leaves the certificate to be verified', async () => {
    const server = await startServer(() => fine, certificate);
    const proxy = await startProxy(server.port);
    const env = { HTTPS_PROXY: proxy.host };
    await assert.rejects(ask('registry.example', { env }), is('REGISTRY_TLS'));
  });

  test('is asked by the full URL for plain HTTP, with its own credentials', async () => {
    const server = await startServer(() => fine);
    const proxy = await startProxy(server.port);
    const env = { HTTP_PROXY: `http://ann:p%40ss@${proxy.host}`, HTTPS_PROXY: proxy.host };
    assert.equal(await ask('registry.example:81', { registryTlsSkip: true, env }), sha);
    const seen = proxy.seen.at(-1);
    assert.equal(seen?.path, 'http://registry.example:81/v2/team/app/manifests/1');
    assert.equal(seen?.authorization, `Basic ${Buffer.from('ann:p@ss').toString('base64')}`);
    assert.equal(server.seen.at(-1)?.host, 'registry.example:81');
  });

  for (const status of [401, 403, 404, 407, 502]) {
    test(`that refuses with ${status} is REGISTRY_UNREACHABLE, not the registry’s answer`, async () => {
      const proxy = await startProxy(1, status);
      const env = { HTTPS_PROXY: `http://ann:hunter2@${proxy.host}` };
      await assert.rejects(ask('registry.example', { env }), (error) => is('REGISTRY_UNREACHABLE')(error));
      await assert.rejects(ask('registry.example', { env }), new RegExp(`refuses a connection .* \\(${status}\\)`));
    });
  }

  test('that says nothing is REGISTRY_TIMEOUT, and holds no connection', async () => {
    const silent = createServer((socket) => void socket.on('error', () => {}));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const env = { HTTPS_PROXY: `http://127.0.0.1:${port}` };
    const closed = new Promise((resolve) =>
      silent.once('connection', (socket) => socket.resume().once('close', resolve)),
    );
    await assert.rejects(ask('registry.example', { env, timeoutMs: 200 }), is('REGISTRY_TIMEOUT'));
    await closed;
    silent.close();
  });

  test('that is not there is named without its password', async () => {
    const proxy = await startProxy(1);
    await proxy.close();
    const env = { HTTPS_PROXY: `http://ann:hunter2@${proxy.host}` };
    await assert.rejects(
      ask('registry.example', { env }),
      new RegExp(`through the proxy ${proxy.host} \\(ECONNREFUSED\\)`),
    );
  });

  test('is passed by where NO_PROXY says so', async () => {
    const proxy = await startProxy(1);
    const env = { HTTPS_PROXY: `http://${proxy.host}`, NO_PROXY: '.invalid' };
    await assert.rejects(ask('registry.invalid', { env }), is('REGISTRY_UNREACHABLE'));
    assert.deepEqual(proxy.tunnels, []);
  });
});
