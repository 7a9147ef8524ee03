import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { createDockerEngine } from '../../core/engine/docker/engine.ts';
import type { Engine } from '../../core/engine/port.ts';
import { deliver } from '../kit/deliver.ts';
import { openEnvironment } from '../kit/environment.ts';
import { createFakeEngine } from '../kit/fake-engine.ts';
import type { FaultFor } from '../kit/fault-proxy.ts';
import { openRegistryProxy } from '../kit/registry-proxy.ts';
import type { Program } from './programs.ts';

/** An engine under test, and what others do to it and to the registry it pulls from. */
export interface World {
  readonly engine: Engine;
  /** On every container, so that it can be found and removed. */
  readonly labels: Readonly<Record<string, string>>;
  /** A name that is this test's alone. */
  name(short: string): string;
  /** A repository's name to pull and tag by. */
  repository(short: string): string;
  /** Points a tag such as `web:1` at an image; the digest to pull. */
  push(tagged: string, program: Program): Promise<string>;
  /** An index that has nothing for the engine's platform; its digest. */
  pushForeign(tagged: string): Promise<string>;
  /** A reference whose pull meets this. */
  broken(how: Breakage): Promise<string>;
  /** A network that takes static addresses; the first three numbers of its own. */
  network(name: string): Promise<string>;
  pause(container: string): Promise<void>;
  /** Puts a file with mode 0440 into its own layer, in a folder that is there. */
  write(container: string, path: string, content: string): Promise<void>;
  volumeExists(name: string): Promise<boolean>;
  /** For those without a name, which nothing else would find. */
  removeVolume(name: string): Promise<void>;
  /** Lets milliseconds go by. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

export type Breakage = 'unauthorized' | 'rate-limited' | 'failing' | 'truncated';

export async function fakeWorld(): Promise<World> {
  const engine = createFakeEngine();
  const { registry, clock } = engine;
  const reference = (tagged: string) => `registry.example/${tagged}`;
  const codes = {
    unauthorized: 'REGISTRY_UNAUTHORIZED',
    'rate-limited': 'REGISTRY_RATE_LIMITED',
    failing: 'REGISTRY_FAILED',
    truncated: 'PULL_FAILED',
  } as const;
  return {
    engine,
    labels: {},
    name: (short) => short,
    repository: reference,
    push: async (tagged, { config, behaviour }) => {
      const digest = registry.put(reference(tagged), { config, bytes: 100 });
      engine.behave(`${reference(tagged)}@${digest}`, behaviour);
      return digest;
    },
    pushForeign: async (tagged) => registry.putIndex(reference(tagged), [{ platform: foreign }]),
    broken: async (how) => {
      const pulled = `${reference('broken')}@${registry.put(reference('broken:1'))}`;
      registry.fail(pulled, codes[how]);
      return pulled;
    },
    network: async (name) => {
      engine.addNetwork(name, '10.7.0.0/24');
      return '10.7.0';
    },
    pause: async (container) => engine.pause(container),
    write: async (container, path, content) => engine.write(container, path, { content, mode: 0o440 }),
    volumeExists: async (name) => engine.volumes().includes(name),
    removeVolume: async () => {},
    pass: async (ms) => clock.advance(ms),
    close: async () => {},
  };
}

export async function realWorld(): Promise<World> {
  const environment = await openEnvironment();
  const { api, engineHost, name, reference, scope } = environment;
  const proxy = await openRegistryProxy(environment.registry);
  const digestOf = async (pushing: Promise<{ readonly digest: string }>) => (await pushing).digest;
  return {
    engine: createDockerEngine({ host: engineHost, tlsVerify: false, certPath: null, apiVersion: null }),
    labels: { 'belfry.scope': scope },
    name,
    repository: (short) => reference(short),
    push: (tagged, { config }) => digestOf(environment.push(tagged, { config })),
    pushForeign: async (tagged) => {
      const image = await environment.push(`${tagged}-foreign`, { platform: foreign });
      return digestOf(environment.pushIndex(tagged, { images: [image] }));
    },
    broken: async (how) => {
      const layers = [{ '/etc/broken': how.repeat(1000) }];
      const { digest } = await environment.push('broken:1', { layers });
      proxy.setFault(faults[how]);
      return `${reference('broken', proxy.address)}@${digest}`;
    },
    network: async (full) => {
      const prefix = `10.${randomInt(216, 240)}.${randomInt(256)}`;
      await api('POST', '/networks/create', { Name: full, IPAM: { Config: [{ Subnet: `${prefix}.0/24` }] } });
      return prefix;
    },
    pause: (container) => api('POST', `/containers/${container}/pause`),
    write: (container, path, content) => deliver(engineHost, container, { path, content, mode: 0o440 }),
    volumeExists: async (volume) => {
      const { Volumes } = await api<{ readonly Volumes: readonly { readonly Name: string }[] | null }>(
        'GET',
        '/volumes',
      );
      return (Volumes ?? []).some(({ Name }) => Name === volume);
    },
    removeVolume: (volume) => api('DELETE', `/volumes/${volume}`),
    pass: (ms) => delay(ms),
    close: async () => {
      await proxy.close();
      await environment.close();
    },
  };
}

const foreign = { os: 'linux', architecture: 'ppc64le', variant: null };

const faults: Readonly<Record<Breakage, FaultFor>> = {
  unauthorized: () => ({ do: 'answer', status: 401, headers: { 'www-authenticate': 'Basic realm="closed"' } }),
  'rate-limited': ({ path }) => (path.includes('/manifests/') ? { do: 'answer', status: 429 } : undefined),
  failing: ({ path }) => (path.includes('/manifests/') ? { do: 'answer', status: 503 } : undefined),
  // An engine that resumes where a download broke off makes no headway either.
  truncated: ({ path }) => (path.includes('/blobs/') ? { do: 'truncate', bytes: 0 } : undefined),
};
