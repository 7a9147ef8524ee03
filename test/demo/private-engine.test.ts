import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { dirname } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { engineApi } from '../../core/demo/engine-api.ts';
import { openPrivateEngine, type PrivateEngine } from '../../core/demo/private-engine.ts';
import { findProgram, isRoot } from '../../core/demo/programs.ts';
import { webService } from '../../core/demo/web-service.ts';
import type { ContainerDetails } from '../../core/engine/port.ts';
import { type Environment, openEnvironment } from '../kit/environment.ts';

const able = isRoot() && findProgram('dockerd') && findProgram('ip');
const skip = able ? false : 'needs root, dockerd and iproute2';

describe('a private engine', { skip }, () => {
  let environment: Environment;
  let image: string;
  before(async () => {
    environment = await openEnvironment();
    image = (await environment.push('web:1', webService('1'))).reference;
  });
  after(() => environment.close());

  async function runIn(engine: PrivateEngine): Promise<ContainerDetails> {
    const api = engineApi(engine.host);
    await api.pull(image);
    await api.call('POST', '/containers/create?name=web', { Image: image });
    await api.call('POST', '/containers/web/start');
    return inspect(engine);
  }

  const inspect = (engine: PrivateEngine) =>
    engineApi(engine.host).call<ContainerDetails>('GET', '/containers/web/json');

  test('takes its processes, mounts and files along when it is closed', async () => {
    const engine = await openPrivateEngine({ besideOthers: true });
    const traces = { folder: folderOf(engine), bridge: await bridgeOf(engine) };
    const { State } = await runIn(engine);
    await engine.close();
    assert.deepEqual(leftovers(traces), { processes: [], mounts: [], bridges: [], folder: false });
    assert.equal(lives(State.Pid), false);
  });

  test('knows its containers again when it is started after a kill', async () => {
    const engine = await openPrivateEngine({ besideOthers: true });
    try {
      const { Id, State } = await runIn(engine);
      await engine.kill();
      assert.equal(await engineApi(engine.host).answers(1_000), false);
      assert.equal(lives(State.Pid), true, 'the container runs on without its engine');
      await engine.restart();
      const again = await inspect(engine);
      assert.deepEqual([again.Id, again.State.Running], [Id, false]);
    } finally {
      await engine.close();
    }
  });

  test('leaves nothing behind when it is closed after a kill', async () => {
    const engine = await openPrivateEngine({ besideOthers: true });
    const traces = { folder: folderOf(engine), bridge: await bridgeOf(engine) };
    const { State } = await runIn(engine);
    await engine.kill();
    await engine.close();
    assert.deepEqual(leftovers(traces), { processes: [], mounts: [], bridges: [], folder: false });
    assert.equal(lives(State.Pid), false);
  });
});

/** Others on this machine, those of tests that run meanwhile among them, have bridges too. */
async function bridgeOf(engine: PrivateEngine): Promise<string> {
  const network = await engineApi(engine.host).call<{ Options: Record<string, string> }>('GET', '/networks/bridge');
  const name = network.Options['com.docker.network.bridge.name'] ?? '';
  assert.ok(name in networkInterfaces(), `the engine has no bridge of its own: ${name}`);
  return name;
}

const folderOf = (engine: PrivateEngine) => dirname(engine.host.slice('unix://'.length));

/** One that has ended but that nobody has reaped has no command line any more. */
const lives = (pid: unknown) => read(`/proc/${pid}/cmdline`) !== '';

function leftovers({ folder, bridge }: { readonly folder: string; readonly bridge: string }): object {
  const commands = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((pid) => read(`/proc/${pid}/cmdline`).replaceAll('\0', ' '));
  const mounts = read('/proc/self/mountinfo').split('\n');
  return {
    processes: commands.filter((command) => command.includes(folder)),
    mounts: mounts.filter((line) => line.includes(folder)),
    bridges: Object.keys(networkInterfaces()).filter((name) => name === bridge),
    folder: existsSync(folder),
  };
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // The process has ended meanwhile.
  }
}
