import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { engineApi } from '../../core/demo/engine-api.ts';
import { exchange } from '../../core/demo/exchange.ts';
import { webService } from '../../core/demo/web-service.ts';
import { type Environment, openEnvironment } from '../kit/environment.ts';
import { openRegistryProxy, type RegistryProxy } from '../kit/registry-proxy.ts';

describe('a proxy in front of the registry', () => {
  let environment: Environment;
  let proxy: RegistryProxy;
  before(async () => {
    environment = await openEnvironment();
    proxy = await openRegistryProxy(environment.registry);
    await environment.push('web:1', webService('1'));
  });
  after(async () => {
    await proxy.close();
    await environment.close();
  });

  const manifest = () => `/v2/${environment.prefix}/web/manifests/1`;

  async function ask(method: string, path: string, deadline = 5_000) {
    const [host = '', port] = proxy.address.split(':');
    const accept = 'application/vnd.docker.distribution.manifest.v2+json';
    return exchange({ host, port: Number(port) }, { method, path, deadline, headers: { accept } });
  }

  test('serves what the registry holds, and counts who asks for what', async () => {
    proxy.setFault(() => undefined);
    const before = proxy.count('HEAD', /\/manifests\//);
    const answer = await ask('HEAD', manifest());
    assert.match(String(answer.headers['docker-content-digest']), /^sha256:/);
    assert.equal(proxy.count('HEAD', /\/manifests\//) - before, 1);
  });

  test('refuses with a status and headers', async () => {
    proxy.setFault(() => ({ do: 'answer', status: 429, headers: { 'retry-after': '30' } }));
    const answer = await ask('HEAD', manifest());
    assert.deepEqual([answer.status, answer.headers['retry-after']], [429, '30']);
  });

  test('cuts the connection, or hangs', async () => {
    proxy.setFault(() => ({ do: 'cut', when: 'before' }));
    await assert.rejects(ask('GET', manifest()), { code: 'ECONNRESET' });
    proxy.setFault(() => ({ do: 'hang' }));
    await assert.rejects(ask('GET', manifest(), 100), { message: /no answer within 100 ms/ });
  });

  test('serves an engine, whose pull fails where a blob never comes whole and succeeds when it does', async () => {
    await environment.push('cut:1', { layers: [{ '/unique': environment.prefix }] });
    const engine = engineApi(environment.engineHost);
    const reference = environment.reference('cut:1', proxy.address);
    // An engine takes a blob that breaks off up again where it ended, so an end must be put to that.
    let broken = 0;
    proxy.setFault(({ method, path }) => {
      if (method !== 'GET' || !path.includes('/blobs/')) return undefined;
      broken += 1;
      return broken === 1 ? { do: 'truncate', bytes: 20 } : { do: 'answer', status: 404 };
    });
    await assert.rejects(engine.pull(reference), { code: 'DEMO_PART_FAILED' });
    proxy.setFault(() => undefined);
    await engine.pull(reference);
    assert.equal((await engine.ask('DELETE', `/images/${reference}`)).status, 200);
  });
});
