import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { until } from '../kit/until.ts';
import { assertUntouched, openScene } from './scene.ts';

/** Passes what comes to port 2375 on to the engine's socket. */
const forward = `
  const { connect, createServer } = require('node:net');
  createServer((client) => {
    const engine = connect('/engine.sock');
    client.pipe(engine).pipe(client);
    client.on('error', () => engine.destroy());
    engine.on('error', () => client.destroy());
  }).listen(2375);
  process.on('SIGTERM', () => process.exit());
`;

test('FM78: the socket proxy that Belfry reaches the engine through is left as it is, and others go on', async (t) => {
  const scene = await openScene(t);
  const HostPort = String(randomInt(30_000, 32_000));
  const folders = new Set(['/usr', '/lib', '/lib64', dirname(process.execPath)]);
  const proxy = await scene.deploy('proxy', {
    create: {
      Cmd: [process.execPath, '-e', forward],
      ExposedPorts: { '2375/tcp': {} },
      HostConfig: {
        PortBindings: { '2375/tcp': [{ HostIp: '127.0.0.1', HostPort }] },
        Binds: [
          ...[...folders].map((folder) => `${folder}:${folder}:ro`),
          `${scene.engineHost.replace(/^unix:\/\//, '')}:/engine.sock`,
        ],
      },
    },
  });
  const web = await scene.deploy('web');
  for (const short of ['proxy', 'web']) await scene.release(short, '2');
  const before = await scene.inspect(proxy);

  const DOCKER_HOST = `tcp://127.0.0.1:${HostPort}`;
  const run = (...args: readonly string[]) => scene.start(args, { DOCKER_HOST }).done;
  await until('the engine answers through it', async () => (await run('doctor')).code === 0);
  const { code, stdout, stderr } = await run('update');
  assert.equal(code, 0, stderr);
  assert.match(stdout, new RegExp(`${web}.*2`));
  assert.match(stdout, /OWN_CONNECTION/);
  await assertUntouched(scene, before);
});
