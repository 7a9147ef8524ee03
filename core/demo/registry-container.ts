import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../errors/app-error.ts';
import { borrowImage } from './borrowed-image.ts';
import { type EngineApi, engineApi } from './engine-api.ts';
import { exchange } from './exchange.ts';
import type { OpenRegistry } from './registry.ts';

const deadline = 15_000;

/** Runs a registry image, published on a free loopback port; its container, volume and image go with `close`. */
export async function openRegistryContainer(options: {
  readonly engineHost: string;
  readonly image: string;
}): Promise<OpenRegistry> {
  const api = engineApi(options.engineHost);
  const name = `belfry-registry-${randomBytes(4).toString('hex')}`;
  const giveBack = await borrowImage(api, options.image);
  const close = async () => {
    await api.ask('DELETE', `/containers/${name}?force=1&v=1`);
    await giveBack();
  };
  try {
    await api.call('POST', `/containers/create?name=${name}`, {
      Image: options.image,
      Env: ['REGISTRY_STORAGE_DELETE_ENABLED=true', 'REGISTRY_HTTP_RELATIVEURLS=true'],
      ExposedPorts: { '5000/tcp': {} },
      // Never Belfry's to update, whoever watches this engine.
      Labels: { 'belfry.enable': 'false', 'com.centurylinklabs.watchtower.enable': 'false' },
      HostConfig: { PortBindings: { '5000/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] } },
    });
    await api.call('POST', `/containers/${name}/start`);
    const port = await publishedPort(api, name);
    await untilItAnswers(port);
    return { address: `127.0.0.1:${port}`, close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Details {
  readonly NetworkSettings: {
    readonly Ports: Readonly<Record<string, readonly { readonly HostPort: string }[] | null>>;
  };
}

async function publishedPort(api: EngineApi, name: string): Promise<number> {
  const details = await api.call<Details>('GET', `/containers/${name}/json`);
  return Number(details.NetworkSettings.Ports['5000/tcp']?.[0]?.HostPort);
}

async function untilItAnswers(port: number): Promise<void> {
  const lastMoment = Date.now() + deadline;
  const question = { method: 'GET', path: '/v2/', deadline: 1_000 };
  const answers = () =>
    exchange({ host: '127.0.0.1', port }, question).then(
      ({ status }) => status === 200,
      () => false,
    );
  while (!(await answers())) {
    if (Date.now() > lastMoment) throw new AppError('DEMO_PART_FAILED', `no registry answers at 127.0.0.1:${port}`);
    await delay(50);
  }
}
