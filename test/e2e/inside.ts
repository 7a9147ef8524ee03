import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exchange } from '../../core/demo/exchange.ts';
import type { ImageSpec } from '../../core/demo/image.ts';
import { logText } from '../../core/engine/docker/log-frames.ts';
import type { ContainerDetails, HostConfig, Json } from '../../core/engine/port.ts';
import { until } from '../kit/until.ts';
import { app, type Scene } from './scene.ts';

const packageRoot = fileURLToPath(new URL('../..', import.meta.url));

interface Inside {
  /** Words for `belfry`; `watch` every hour unless given. */
  readonly args?: readonly string[];
  readonly env?: readonly string[];
  readonly host?: HostConfig;
  readonly create?: Json;
  /** Where its state is in the container: a folder that is mounted from the scene's, unless it says otherwise. */
  readonly state?: 'mounted' | 'in the container' | 'nowhere';
}

/** Runs Belfry in a container of version 1 of `belfry:latest`; resolves with the container's name. */
export async function runInside(scene: Scene, options: Inside = {}): Promise<string> {
  const { env = [], host = {}, create = {}, state = 'mounted' } = options;
  const { reference } = await scene.push('belfry:latest', belfryImage('1', options.args));
  const folder = { mounted: '/state', 'in the container': '/tmp/state', nowhere: '/belfry/read-only' }[state];
  // This machine's own Node, with what it is linked to, in a container of nothing else.
  const folders = new Set(['/usr', '/lib', '/lib64', dirname(process.execPath)]);
  const binds = [...folders].map((one) => `${one}:${one}:ro`);
  const socket = scene.engine.host.replace(/^unix:\/\//, '');
  return scene.run('belfry', {
    Image: reference,
    Env: [`BELFRY_SCOPE=${scene.scope}`, 'BELFRY_STABILITY_WINDOW=1s', `BELFRY_STATE_DIR=${folder}`, ...env],
    ...create,
    HostConfig: {
      NetworkMode: 'host', // The registry listens on loopback only.
      RestartPolicy: { Name: 'always', MaximumRetryCount: 0 },
      ...host,
      Binds: [
        ...binds,
        `${packageRoot}:/belfry:ro`,
        `${socket}:/var/run/docker.sock`,
        ...(state === 'mounted' ? [`${scene.stateFolder}:/state`] : []),
      ],
    },
  });
}

type Words = readonly string[] | 'broken';

/** Pushes another version of `belfry:latest`, or one that ends at once; resolves with its reference. */
export async function releaseBelfry(scene: Scene, version: string, args?: Words): Promise<string> {
  return (await scene.push('belfry:latest', belfryImage(version, args))).reference;
}

function belfryImage(version: string, args: Words = ['watch', '--interval', '1h']): ImageSpec {
  return app(version, { Cmd: args === 'broken' ? ['false'] : [process.execPath, '/belfry/dist/belfry.js', ...args] });
}

/** The successor of a container, once it has finished a cycle and the helper is gone. */
export async function takenOver(scene: Scene, before: ContainerDetails): Promise<ContainerDetails> {
  const name = before.Name.slice(1);
  return until(
    `a successor of ${name} works`,
    async () => {
      const now = await scene.existing<ContainerDetails>(`/containers/${name}/json`);
      const works = now !== null && now.Id !== before.Id && /next run/.test(await printedBy(scene, name));
      return works && now;
    },
    60_000,
  );
}

/** What a container has printed; empty where there is none. */
export async function printedBy(scene: Scene, container: string): Promise<string> {
  const socketPath = scene.engineHost.replace(/^unix:\/\//, '');
  const path = `/containers/${container}/logs?stdout=1&stderr=1`;
  const { status, body } = await exchange({ socketPath }, { method: 'GET', path });
  return status === 200 ? logText(body) : '';
}
