import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, test } from 'node:test';
import type { RegistrySettings } from '../../core/config/settings.ts';
import { hasCode } from '../../core/errors/app-error.ts';
import type { Code } from '../../core/errors/catalogue.ts';
import { createRegistry } from '../../core/registry/client.ts';
import { parseReference } from '../../core/registry/reference.ts';
import { closeServers, type Reply, type Seen, type Server, startProxy, startServer } from './server.ts';

afterEach(closeServers);

const sha = `sha256:${'0f'.repeat(32)}`;
const fine: Reply = { status: 200, headers: { 'docker-content-digest': sha } };
const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;
const is = (code: Code) => (error: unknown) => {
  if (!hasCode(error, code)) throw error;
  return true;
};

interface Realm {
  /** Answers a request for a token; by default with one that the registry accepts. */
  readonly token?: (request: Seen) => Reply;
  readonly accepts?: (authorization: string) => boolean;
  /** Where the realm is said to be. */
  readonly realm?: (own: string) => string;
}

/** A registry and its realm in one server. */
async function startRegistry({ token, accepts = () => true, realm = (own) => own }: Realm = {}): Promise<Server> {
  const server: Server = await startServer((request) => {
    if (request.path.startsWith('/token')) return token?.(request) ?? { status: 200, body: '{"token":"t"}' };
    const { authorization } = request;
    if (authorization?.startsWith('Bearer ') && accepts(authorization)) return fine;
    const challenge = `Bearer realm="${realm(`http://${server.host}/token`)}",service="the service",scope="repository:x:pull"`;
    return { status: 401, headers: { 'www-authenticate': challenge } };
  });
  return server;
}

function client(registries: Record<string, RegistrySettings> = {}, env: Record<string, string> = {}, now = Date.now) {
  return createRegistry({ registries, registryTlsSkip: false, env: { HOME: '/nonexistent', ...env }, now });
}

const reference = (server: Server, name = 'team/app:1') => parseReference(`${server.host}/${name}`);
const tokenRequests = ({ seen }: Server) => seen.filter(({ path }) => path.startsWith('/token'));

describe('a registry that wants tokens', () => {
  test('is given one for the repository and the service it names', async () => {
    const server = await startRegistry();
    assert.equal(await client().digest(reference(server)), sha);
    const [request] = tokenRequests(server);
    const query = new URL(request?.path ?? '', 'http://x').searchParams;
    assert.deepEqual(Object.fromEntries(query), { service: 'the service', scope: 'repository:team/app:pull' });
    assert.equal(request?.authorization, undefined);
  });

  test('costs 50 repositories one refusal, one token each and one HEAD each', async () => {
    const server = await startRegistry();
    const registry = client();
    await Promise.all(Array.from({ length: 50 }, (_, i) => registry.digest(reference(server, `team/app${i}`))));
    assert.equal(tokenRequests(server).length, 50);
    assert.equal(server.seen.length, 101);
    registry.beginCycle();
    await Promise.all(Array.from({ length: 50 }, (_, i) => registry.digest(reference(server, `team/app${i}`))));
    assert.equal(server.seen.length, 151);
  });

  test('is asked for one token by concurrent questions about one repository', async () => {
    const server = await startRegistry();
    const registry = client();
    await Promise.all(Array.from({ length: 10 }, (_, i) => registry.digest(reference(server, `team/app:${i}`))));
    assert.equal(tokenRequests(server).length, 1);
  });

  test('is asked for another token when the first has run out', async () => {
    let clock = 0;
    const server = await startRegistry({
      token: () => ({ status: 200, body: '{"access_token":"t","expires_in":300}' }),
    });
    const registry = client({}, {}, () => clock);
    for (const [time, requests] of [
      [0, 1],
      [289_000, 1],
      [290_000, 2],
    ] as const) {
      clock = time;
      registry.beginCycle();
      await registry.digest(reference(server));
      assert.equal(tokenRequests(server).length, requests);
    }
  });

  test('FM82: counts a token from its arrival, whatever its own clock says', async () => {
    let clock = Date.parse('2026-01-01T00:00:00Z');
    const server = await startRegistry({
      token: () => ({ status: 200, body: '{"token":"t","expires_in":300,"issued_at":"2019-05-05T00:00:00Z"}' }),
    });
    const registry = client({}, {}, () => clock);
    for (let count = 0; count < 2; count += 1) {
      registry.beginCycle();
      await registry.digest(reference(server));
      clock += 60_000;
    }
    assert.equal(tokenRequests(server).length, 1);
  });

  test('FM82: is asked for another token where a clock that was set back makes a dead one look alive', async () => {
    let clock = Date.parse('2026-01-01T00:00:00Z');
    let current = 1;
    const server = await startRegistry({
      token: () => ({ status: 200, body: `{"token":"t${current}","expires_in":300}` }),
      accepts: (authorization) => authorization === `Bearer t${current}`,
    });
    const registry = client({}, {}, () => clock);
    await registry.digest(reference(server));
    clock -= 86_400_000;
    current = 2;
    registry.beginCycle();
    assert.equal(await registry.digest(reference(server)), sha);
  });

  test('is asked for another token when it refuses a known one', async () => {
    let current = 1;
    const server = await startRegistry({
      token: () => ({ status: 200, body: `{"token":"t${current}"}` }),
      accepts: (authorization) => authorization === `Bearer t${current}`,
    });
    const registry = client();
    await registry.digest(reference(server));
    current = 2;
    registry.beginCycle();
    assert.equal(await registry.digest(reference(server)), sha);
    assert.equal(tokenRequests(server).length, 2);
  });

  test('FM68: is REGISTRY_UNAUTHORIZED where it refuses the token', async () => {
    const server = await startRegistry({ accepts: () => false });
    await assert.rejects(client().digest(reference(server)), is('REGISTRY_UNAUTHORIZED'));
    await assert.rejects(client().digest(reference(server)), /wants credentials, and none were found/);
  });

  test('is sent name and password by Basic to its realm', async () => {
    const server = await startRegistry();
    const registries = { [server.host]: { username: 'ann', password: 'p' } };
    await client(registries).digest(reference(server));
    assert.equal(tokenRequests(server)[0]?.authorization, basic('ann:p'));
  });

  const tokenFaults: readonly (readonly [string, Reply, Code])[] = [
    ['401', { status: 401 }, 'REGISTRY_UNAUTHORIZED'],
    ['403', { status: 403 }, 'REGISTRY_UNAUTHORIZED'],
    ['429', { status: 429 }, 'REGISTRY_RATE_LIMITED'],
    ['500', { status: 500 }, 'REGISTRY_FAILED'],
    ['HTML', { status: 200, body: '<html>' }, 'REGISTRY_ANSWER_INVALID'],
    ['no token', { status: 200, body: '{}' }, 'REGISTRY_ANSWER_INVALID'],
    ['a token with a line break', { status: 200, body: '{"token":"a\\r\\nb"}' }, 'REGISTRY_ANSWER_INVALID'],
  ];
  for (const [name, reply, code] of tokenFaults) {
    test(`FM67: whose realm answers with ${name} is ${code}`, async () => {
      const server = await startRegistry({ token: () => reply });
      const registries = { [server.host]: { username: 'ann', password: 'hunter2' } };
      await assert.rejects(client(registries).digest(reference(server)), (error) => {
        return is(code)(error) && !`${error}`.includes('hunter2');
      });
    });
  }
});

describe('a realm', () => {
  test('on a strange host gets no credentials without encryption', async () => {
    const realm = await startProxy(1);
    const server = await startRegistry({ realm: () => 'http://strange.example/token' });
    const registries = { [server.host]: { username: 'ann', password: 'p' } };
    const registry = client(registries, { HTTP_PROXY: `http://${realm.host}` });
    await assert.rejects(registry.digest(reference(server)), is('REGISTRY_UNAUTHORIZED'));
    await assert.rejects(registry.digest(reference(server)), /strange\.example without encryption; they were not sent/);
    assert.equal(realm.seen.length, 0);
  });

  test('that is no address is REGISTRY_ANSWER_INVALID', async () => {
    for (const realm of ['nonsense', 'file:///etc/passwd']) {
      const server = await startRegistry({ realm: () => realm });
      await assert.rejects(client().digest(reference(server)), is('REGISTRY_ANSWER_INVALID'));
    }
  });

  test('may have a query of its own', async () => {
    const server = await startRegistry({ realm: (own) => `${own}?tenant=a` });
    await client().digest(reference(server));
    assert.match(tokenRequests(server)[0]?.path ?? '', /^\/token\?tenant=a&service=the\+service&scope=/);
  });
});

describe('FM68: an identity token', () => {
  const withIdentityToken = async (server: Server, check: (registry: ReturnType<typeof client>) => Promise<void>) => {
    const folder = mkdtempSync(join(tmpdir(), 'belfry-auth-'));
    const entry = { auth: Buffer.from('<token>:').toString('base64'), identitytoken: 'refresh' };
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ auths: { [server.host]: entry } }));
    await check(client({}, { DOCKER_CONFIG: folder }));
    rmSync(folder, { recursive: true });
  };

  test('is exchanged by POST, and given to the engine as it is', async () => {
    const server = await startRegistry();
    await withIdentityToken(server, async (registry) => {
      assert.equal(await registry.digest(reference(server)), sha);
      const [request] = tokenRequests(server);
      assert.equal(request?.method, 'POST');
      assert.deepEqual(Object.fromEntries(new URLSearchParams(request?.body)), {
        grant_type: 'refresh_token',
        client_id: 'belfry',
        scope: 'repository:team/app:pull',
        refresh_token: 'refresh',
        service: 'the service',
      });
      const credentials = await registry.pullCredentials(reference(server));
      assert.deepEqual(credentials, { identitytoken: 'refresh', serveraddress: server.host });
    });
  });

  for (const status of [404, 405]) {
    test(`is sent as a password where POST is refused with ${status}`, async () => {
      const server = await startRegistry({ token: ({ method }) => (method === 'POST' ? { status } : undefined) });
      await withIdentityToken(server, async (registry) => {
        assert.equal(await registry.digest(reference(server)), sha);
        assert.equal(tokenRequests(server)[1]?.authorization, basic('<token>:refresh'));
      });
    });
  }

  test('is never sent on by a redirect', async () => {
    const token = () => ({ status: 307, headers: { location: '/token/elsewhere' } });
    const server = await startRegistry({ token });
    await withIdentityToken(server, async (registry) => {
      await assert.rejects(registry.digest(reference(server)), is('REGISTRY_ANSWER_INVALID'));
      assert.equal(tokenRequests(server).length, 1);
    });
  });
});

describe('a registry that wants a password', () => {
  const startBasic = () =>
    startServer(({ authorization }) =>
      authorization === basic('ann:p') ? fine : { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } },
    );

  test('is given it, after one refusal in all', async () => {
    const server = await startBasic();
    const registry = client({ [server.host]: { username: 'ann', password: 'p' } });
    for (const name of ['a', 'b', 'c']) assert.equal(await registry.digest(reference(server, name)), sha);
    assert.equal(server.seen.length, 4);
  });

  test('FM68: that refuses it is REGISTRY_UNAUTHORIZED, with where it was found', async () => {
    const server = await startBasic();
    const registry = client({ [server.host]: { username: 'ann', password: 'hunter2' } });
    await assert.rejects(registry.digest(reference(server)), (error) => {
      return is('REGISTRY_UNAUTHORIZED')(error) && /refuses those from the settings/.test(`${error}`);
    });
  });
});

describe('FM68: credentials that are of no use', () => {
  test('in a broken config.json matter only where the registry insists on some', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'belfry-auth-'));
    writeFileSync(join(folder, 'config.json'), '{');
    const open = await startRegistry();
    const strict = await startRegistry({ accepts: () => false });
    const registry = client({}, { DOCKER_CONFIG: folder });
    assert.equal(await registry.digest(reference(open)), sha);
    assert.equal(await registry.pullCredentials(reference(open)), undefined);
    await assert.rejects(registry.digest(reference(strict)), is('CREDENTIALS_INVALID'));
    rmSync(folder, { recursive: true });
  });

  test('REPO_USER and REPO_PASS that a registry does not know are left out for it', async () => {
    const token = ({ authorization }: Seen) => (authorization === undefined ? undefined : { status: 401 });
    const server = await startRegistry({ token });
    const registry = client({}, { REPO_USER: 'ann', REPO_PASS: 'p' });
    assert.equal(await registry.digest(reference(server)), sha);
    assert.equal(await registry.digest(reference(server, 'other')), sha);
    assert.deepEqual(
      tokenRequests(server).map(({ authorization }) => authorization),
      [basic('ann:p'), undefined, undefined],
    );
    assert.equal(await registry.pullCredentials(reference(server)), undefined);
  });
});

test('a front of another registry is followed, and the other one’s demand met with its own credentials', async () => {
  const behind = await startRegistry();
  const front = await startServer(({ path }) => ({
    status: 307,
    headers: { location: `http://${behind.host}${path}` },
  }));
  const own = { username: 'front', password: 'p' };
  assert.equal(await client({ [front.host]: own }).digest(reference(front)), sha);
  assert.ok(
    behind.seen.every(({ authorization }) => authorization === undefined || authorization.startsWith('Bearer')),
  );
});
