import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { exchange } from '../../core/demo/exchange.ts';
import { pushImage } from '../../core/demo/image.ts';
import { findProgram } from '../../core/demo/programs.ts';
import { openRegistry } from '../../core/demo/registry.ts';
import { openRegistryContainer } from '../../core/demo/registry-container.ts';
import type { Tree } from '../../core/demo/tar.ts';
import { type Environment, openEnvironment } from '../kit/environment.ts';

describe('the registry of the demo and the tests', () => {
  let environment: Environment;
  before(async () => {
    environment = await openEnvironment();
  });
  after(() => environment.close());

  test('takes images, forgets what is deleted, and is gone when closed', async () => {
    const registry = await openRegistry({ engineHost: environment.engineHost, log: () => {} });
    const { digest } = await pushImage(registry.address, 'team/web:1', { layers: [{ '/a': 'a' }] });
    const path = `/v2/team/web/manifests/${digest}`;
    assert.equal((await ask(registry.address, 'GET', path)).status, 200);
    assert.equal((await ask(registry.address, 'DELETE', path)).status, 202);
    assert.equal((await ask(registry.address, 'GET', path)).status, 404);
    await registry.close();
    await assert.rejects(ask(registry.address, 'GET', '/v2/'), { code: 'ECONNREFUSED' });
  });

  const program = findProgram('docker-registry');
  test('can be a container, which leaves with its volume', {
    skip: program ? false : 'needs docker-registry',
  }, async () => {
    const configuration =
      'version: 0.1\nstorage: {filesystem: {rootdirectory: /var/lib/registry}}\nhttp: {addr: ":5000"}\n';
    const { reference } = await environment.push('registry:2', {
      layers: [
        {
          '/registry': { content: readFileSync(program ?? ''), mode: 0o755 },
          ...librariesOf(program ?? ''),
          '/config.yml': configuration,
        },
      ],
      config: { Cmd: ['/registry', 'serve', '/config.yml'], Volumes: { '/var/lib/registry': {} } },
    });
    const registry = await openRegistryContainer({ engineHost: environment.engineHost, image: reference });
    await pushImage(registry.address, 'team/web:1', { layers: [{ '/a': 'a' }] });
    const container = await registryContainer();
    await registry.close();
    await assert.rejects(ask(registry.address, 'GET', '/v2/'), { code: 'ECONNREFUSED' });
    const gone = [
      `/containers/${container.Id}/json`,
      `/volumes/${container.Mounts[0]?.Name}`,
      `/images/${reference}/json`,
    ];
    for (const path of gone) await assert.rejects(environment.api('GET', path), { message: /404/ }, path);
  });

  async function registryContainer() {
    const filters = encodeURIComponent(JSON.stringify({ ancestor: [environment.reference('registry:2')] }));
    const path = `/containers/json?filters=${filters}`;
    const [container] = await environment.api<{ Id: string; Mounts: { Name: string }[] }[]>('GET', path);
    assert.ok(container);
    return container;
  }
});

/** A program of a dynamic kind runs only with its loader and libraries at their paths. */
function librariesOf(path: string): Tree {
  const paths = execFileSync(findProgram('ldd') ?? '', [path], { encoding: 'utf8' }).match(/\/\S+(?= \(0x)/g) ?? [];
  return Object.fromEntries(paths.map((library) => [library, { content: readFileSync(library), mode: 0o755 }]));
}

function ask(registry: string, method: string, path: string) {
  const [host = '', port] = registry.split(':');
  return exchange({ host, port: Number(port) }, { method, path });
}
