import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Stage, withCode } from '../stage.ts';

const atOnce = { signal: null, graceSeconds: 0 };

export function startCases(stage: () => Stage): void {
  test('starts a container, and minds neither a second start nor a second stop', async () => {
    const { world, create, state } = stage();
    const id = await create('started', 'serves');
    const created = await state(id);
    assert.deepEqual([created.Status, created.Running, created.StartedAt], ['created', false, '0001-01-01T00:00:00Z']);
    await world.engine.start(id);
    await world.engine.start(id);
    const running = await state(id);
    assert.deepEqual([running.Status, running.Running, running.Restarting], ['running', true, false]);
    assert.ok(Date.parse(running.StartedAt ?? '') > 0);
    await world.engine.stop(id, atOnce);
    await world.engine.stop(id, atOnce);
    const stopped = await state(id);
    assert.deepEqual([stopped.Status, stopped.Running], ['exited', false]);
  });

  test('refuses to start a program that does not exist, and leaves the container created', async () => {
    const { world, create, state } = stage();
    const id = await create('no-entrypoint', 'lacksEntrypoint');
    await assert.rejects(world.engine.start(id), withCode('ENGINE_REFUSED'));
    const { Status, ExitCode, Error: words = '' } = await state(id);
    assert.deepEqual([Status, ExitCode], ['created', 127]);
    assert.match(words, /no such file/);
  });

  test('finds a port taken only at the start, and starts once it is free', async () => {
    const { world, create, run, state } = stage();
    const hostConfig = { PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '21957' }] } };
    const wanted = { config: { ExposedPorts: { '80/tcp': {} } }, hostConfig };
    const first = await run('port-1', 'serves', wanted);
    const second = await create('port-2', 'serves', wanted);
    await assert.rejects(world.engine.start(second), withCode('ENGINE_FAILED'));
    const refused = await state(second);
    assert.deepEqual([refused.Status, refused.ExitCode], ['created', 128]);
    assert.match(refused.Error ?? '', /already allocated/);
    await world.engine.stop(first, atOnce);
    await world.engine.start(second);
    await assert.rejects(world.engine.start(first), withCode('ENGINE_FAILED'));
    assert.equal((await state(first)).Status, 'exited');
  });

  test('publishes nothing of a port that is bound but not exposed', async () => {
    const { run } = stage();
    const wanted = { hostConfig: { PortBindings: { '81/tcp': [{ HostIp: '127.0.0.1', HostPort: '21958' }] } } };
    await run('unexposed-1', 'serves', wanted);
    await run('unexposed-2', 'serves', wanted);
  });

  test('FM21: gives a static address, and calls it a failure where another container has it', async () => {
    const { world, create, run } = stage();
    const name = world.name('static');
    const address = `${await world.network(name)}.9`;
    const endpoint = { IPAMConfig: { IPv4Address: address } };
    const wanted = { hostConfig: { NetworkMode: name }, networks: [{ name, endpoint }] };
    const first = await run('static-1', 'serves', wanted);
    const { Networks } = (await world.engine.inspect(first)).NetworkSettings;
    assert.equal(Networks?.[name]?.IPAddress, address);
    const second = await create('static-2', 'serves', wanted);
    await assert.rejects(world.engine.start(second), withCode('ENGINE_FAILED'));
    await world.engine.stop(first, atOnce);
    await world.engine.start(second);
  });

  test('FM49: starts a dependant only while its provider runs', async () => {
    const { world, create, run } = stage();
    const provider = await run('provides', 'serves');
    const dependant = await create('depends', 'serves', { hostConfig: { NetworkMode: `container:${provider}` } });
    await world.engine.start(dependant);
    const hostnames = await Promise.all([provider, dependant].map((one) => world.engine.inspect(one)));
    assert.equal(hostnames[0]?.Config.Hostname, hostnames[1]?.Config.Hostname);
    await world.engine.stop(dependant, atOnce);
    await world.engine.stop(provider, atOnce);
    await assert.rejects(world.engine.start(dependant), withCode('ENGINE_CONFLICT'));
    await world.engine.remove(provider, { volumes: true });
    await assert.rejects(world.engine.start(dependant), withCode('ENGINE_NOT_FOUND'));
  });

  test('does not start a paused container, but stops it', async () => {
    const { world, run, state } = stage();
    const id = await run('paused', 'serves');
    await stage().isUp(id);
    await world.pause(id);
    const paused = await state(id);
    assert.deepEqual([paused.Status, paused.Running, paused.Paused], ['paused', true, true]);
    await assert.rejects(world.engine.start(id), withCode('ENGINE_CONFLICT'));
    await assert.rejects(world.engine.remove(id, { volumes: true }), withCode('ENGINE_CONFLICT'));
    await world.engine.stop(id, { signal: null, graceSeconds: 1 });
    assert.equal((await state(id)).Status, 'exited');
  });
}
