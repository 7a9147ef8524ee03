import { randomBytes } from 'node:crypto';
import type { ContainerDetails, Json } from '../engine/port.ts';
import { type Base, busyboxBase } from './base.ts';
import { openEngine } from './engine.ts';
import { engineApi } from './engine-api.ts';
import { exchange } from './exchange.ts';
import { type ImageSpec, type PushedImage, type PushedManifest, pushImage, pushIndex } from './image.ts';
import { removeOwn } from './own.ts';
import { openRegistry } from './registry.ts';

/** A real engine and registry, and a corner of them that is its owner's alone. */
export interface Stage {
  readonly engineHost: string;
  /** `127.0.0.1:PORT` */
  readonly registry: string;
  /** Begins the names of all containers, networks and volumes, and is the folder of all repositories. */
  readonly prefix: string;
  /** The value of the label `belfry.scope` on all of them. */
  readonly scope: string;
  /** A root file system of busybox for the engine's platform. */
  readonly base: Base;
  /** The full name of a container, network or volume. */
  name(short: string): string;
  /** The full reference of an image, such as `web:1`; `through` is the address of a proxy before the registry. */
  reference(image: string, through?: string): string;
  /** Pushes an image, on the busybox base unless it states another. */
  push(image: string, spec: ImageSpec): Promise<PushedImage & { readonly reference: string }>;
  pushIndex(
    image: string,
    list: Parameters<typeof pushIndex>[2],
  ): Promise<PushedManifest & { readonly reference: string }>;
  /** A raw call to the engine: the JSON of its answer, or a rejection with its own words. */
  api<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** Pulls a reference, then creates and starts a container from it; resolves with its full name. */
  run(short: string, create: Json & { readonly Image: string }): Promise<string>;
  inspect(container: string): Promise<ContainerDetails>;
  /** The names of our containers, whatever their state. */
  containers(): Promise<readonly string[]>;
  /** What the container answers on port 80, or the published one; rejects where it does not. */
  answers(container: string): Promise<string>;
  /** Removes all that carries our scope or prefix, and nothing else. */
  cleanUp(): Promise<void>;
  /** Cleans up, and stops the engine and the registry where they were opened for this environment alone. */
  close(): Promise<void>;
}

/** What a stage is set on; `close` stops what was opened for it alone. */
export interface Ground {
  readonly engineHost: string;
  readonly registry: string;
  close(): Promise<void>;
}

/** Opens an engine and a registry, or takes those that are there. */
export async function openGround(log: (line: string) => void): Promise<Ground> {
  const engine = await openEngine({ log, allowInstall: true });
  const registry = await openRegistry({ engineHost: engine.host, log });
  return {
    engineHost: engine.host,
    registry: registry.address,
    close: async () => {
      await registry.close();
      await engine.close();
    },
  };
}

/** Sets up a corner whose every name begins with `kind`, such as `belfry-demo`, and some letters of its own. */
export async function openStage(ground: Ground, kind: string): Promise<Stage> {
  const { engineHost, registry } = ground;
  const prefix = `${kind}-${randomBytes(4).toString('hex')}`;
  const engine = engineApi(engineHost);
  const own = { engine, scope: prefix, prefix };
  const name = (short: string) => `${prefix}-${short}`;
  const reference = (image: string, through = registry) => `${through}/${prefix}/${image}`;
  const inspect = (container: string) => engine.call<ContainerDetails>('GET', `/containers/${container}/json`);
  const base = await busyboxBase(engineHost);

  async function run(short: string, create: Json & { readonly Image: string }): Promise<string> {
    const Labels = { ...(create.Labels as object | undefined), 'belfry.scope': prefix };
    if (create.Image.includes(`/${prefix}/`)) await engine.pull(create.Image);
    await engine.call('POST', `/containers/create?name=${name(short)}`, { ...create, Labels });
    await engine.call('POST', `/containers/${name(short)}/start`);
    return name(short);
  }

  return {
    ...{ engineHost, registry, prefix, scope: prefix, base },
    ...{ name, reference, run, inspect, api: engine.call },
    push: async (image, spec) => ({
      ...(await pushImage(registry, `${prefix}/${image}`, { base, ...spec })),
      reference: reference(image),
    }),
    pushIndex: async (image, list) => ({
      ...(await pushIndex(registry, `${prefix}/${image}`, list)),
      reference: reference(image),
    }),
    containers: async () => {
      const filters = JSON.stringify({ label: [`belfry.scope=${prefix}`] });
      const path = `/containers/json?all=1&filters=${encodeURIComponent(filters)}`;
      const found = await engine.call<readonly { readonly Names: readonly string[] }[]>('GET', path);
      // Links give a container further names, such as /web/db.
      const names = found.flatMap(({ Names }) => Names.map((path) => path.slice(1)));
      return names.filter((one) => !one.includes('/')).sort();
    },
    answers: async (container) => {
      const details = await inspect(container);
      const answer = await exchange(webAddress(details), { method: 'GET', path: '/', deadline: 2_000 });
      return answer.body.toString().trim();
    },
    cleanUp: () => removeOwn(own),
    close: async () => {
      await removeOwn(own);
      await ground.close();
    },
  };
}

/** Its published port where it has one, since a container's own address is not reachable on every machine. */
function webAddress(details: ContainerDetails): { readonly host: string; readonly port: number } {
  const { Ports, Networks } = details.NetworkSettings as {
    readonly Ports?: Readonly<Record<string, readonly { readonly HostPort: string }[] | null>>;
    readonly Networks?: Readonly<Record<string, { readonly IPAddress?: string }>>;
  };
  const published = Ports?.['80/tcp']?.[0]?.HostPort;
  if (published !== undefined) return { host: '127.0.0.1', port: Number(published) };
  const address = Object.values(Networks ?? {}).find(({ IPAddress }) => IPAddress)?.IPAddress;
  if (address === undefined) throw new Error(`${details.Name} has no address`);
  return { host: address, port: 80 };
}
