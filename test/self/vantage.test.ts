import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { describe, test } from 'node:test';
import type { EngineInfo } from '../../core/engine/port.ts';
import { createRoutes, vantagePoint } from '../../core/self/vantage.ts';
import { createFakeEngine } from '../kit/fake-engine.ts';
import { sampleWorkload } from '../kit/samples.ts';

const unix = 'unix:///var/run/docker.sock';
const info = (own: Partial<EngineInfo> = {}) => ({ info: { name: hostname(), ...own } });

async function from(engineHost: string, own: Partial<EngineInfo> = {}) {
  const { machine, networks } = await vantagePoint(createFakeEngine(info(own)), engineHost, null);
  return [machine, networks];
}

describe('Belfry outside of a container', () => {
  test('is on the engine’s machine where it speaks to a socket there', async () => {
    assert.deepEqual(await from(unix), ['127.0.0.1', 'all']);
    assert.deepEqual(await from('tcp://127.0.0.1:2375'), ['127.0.0.1', 'all']);
    assert.deepEqual(await from('tcp://localhost:2375', { name: 'unknown' }), ['127.0.0.1', 'all']);
  });

  test('sees no network of an engine in a machine or namespace of its own', async () => {
    assert.deepEqual(await from(unix, { name: 'docker-desktop' }), ['127.0.0.1', []]);
    assert.deepEqual(await from(unix, { rootless: true }), ['127.0.0.1', []]);
  });

  test('reaches another machine by the name that it has for the engine', async () => {
    assert.deepEqual(await from('tcp://nas.lan:2376'), ['nas.lan', []]);
    assert.deepEqual(await from('nas.lan:2375'), ['nas.lan', []]);
    assert.deepEqual(await from('tcp://[fd00::1]:2375'), ['fd00::1', []]);
  });
});

describe('Belfry in a container', () => {
  async function inside(networkMode: string, engineHost = unix) {
    const engine = createFakeEngine(info());
    engine.registry.put('registry.example/belfry:1', { config: { Cmd: ['serve'] } });
    engine.run('lender', { image: 'registry.example/belfry:1' });
    const id = engine.run('belfry', { image: 'registry.example/belfry:1', hostConfig: { NetworkMode: networkMode } });
    return vantagePoint(engine, engineHost, id);
  }

  test('is in that one’s networks, and reaches the machine at their gateway', async () => {
    const { machine, networks, place } = await inside('bridge');
    assert.match(machine ?? '', /^\d+\.\d+\.\d+\.1$/);
    assert.equal(networks.length, 1);
    assert.match(place, /the container belfry/);
  });

  test('is on the machine where that one uses the machine’s network', async () => {
    const { machine, networks } = await inside('host');
    assert.deepEqual([machine, networks], ['127.0.0.1', 'all']);
  });

  test('is where the container is whose network that one shares', async () => {
    const [own, lent] = [await inside('bridge'), await inside('container:lender')];
    assert.deepEqual([lent.machine, lent.networks.length], [own.machine, 1]);
  });

  test('of another engine reaches nothing but the machine that it speaks to', async () => {
    const engine = createFakeEngine(info());
    for (const [host, machine] of [
      [unix, null],
      ['tcp://nas:2375', 'nas'],
      ['tcp://127.0.0.1:2375', null],
    ] as const) {
      const found = await vantagePoint(engine, host, 'f'.repeat(64));
      assert.deepEqual([found.machine, found.networks], [machine, []]);
    }
  });
});

test('routes lead to a container as it is now, also by way of the one whose network it shares', async () => {
  const engine = createFakeEngine(info());
  engine.registry.put('registry.example/web:1', { config: { Cmd: ['serve'] } });
  const web = engine.run('web', { image: 'registry.example/web:1' });
  const side = engine.run('side', { image: 'registry.example/web:1', hostConfig: { NetworkMode: `container:${web}` } });
  const routes = createRoutes(engine, unix);
  const [direct, lent] = [
    await routes(sampleWorkload({ id: web }), 80),
    await routes(sampleWorkload({ id: side }), 80),
  ];
  assert.equal(direct.routes.length, 1);
  assert.deepEqual(lent.routes, direct.routes);
});
