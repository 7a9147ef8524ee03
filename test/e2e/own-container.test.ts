import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { exchange } from '../../core/demo/exchange.ts';
import { logText } from '../../core/engine/docker/log-frames.ts';
import { until } from '../kit/until.ts';
import { app, openScene } from './scene.ts';

const packageRoot = fileURLToPath(new URL('../..', import.meta.url));

test('FM73: the container that Belfry itself runs in is left alone, and said so', async (t) => {
  const scene = await openScene(t);
  const { reference } = await scene.push('belfry:latest', app('1'));
  const socketPath = scene.engineHost.replace(/^unix:\/\//, '');
  // This machine's own Node, with what it is linked to, in a container of nothing else.
  const folders = new Set(['/usr', '/lib', '/lib64', dirname(process.execPath)]);
  const binds = [...folders].map((folder) => `${folder}:${folder}:ro`);
  const name = await scene.run('belfry', {
    Image: reference,
    Cmd: [process.execPath, '/belfry/dist/belfry.js', 'watch', '--interval', '1h'],
    Env: [`BELFRY_SCOPE=${scene.scope}`, 'BELFRY_STATE_DIR=/tmp/state'],
    HostConfig: {
      NetworkMode: 'host', // The registry listens on loopback only.
      Binds: [...binds, `${packageRoot}:/belfry:ro`, `${socketPath}:/var/run/docker.sock`],
    },
  });
  const before = await scene.inspect(name);
  await scene.push('belfry:latest', app('2'));

  const said = async () => {
    const path = `/containers/${name}/logs?stdout=1&stderr=1`;
    return logText((await exchange({ socketPath }, { method: 'GET', path })).body);
  };
  await until('it has finished a cycle', async () => /next run/.test(await said()), 20_000);
  assert.match(await said(), new RegExp(`${name} is left as it is: Belfry itself runs in it \\(OWN_CONTAINER\\)`));
  const after = await scene.inspect(name);
  assert.deepEqual([after.Id, after.State.StartedAt], [before.Id, before.State.StartedAt]);
});
