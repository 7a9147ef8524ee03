import type { CreateSpec, Endpoint } from '../../../core/engine/port.ts';
import { AppError, hasCode } from '../../../core/errors/app-error.ts';
import { hostConfigDefaults } from './host-config.ts';
import { findImage } from './images.ts';
import { mergeConfig } from './merge.ts';
import { mountAll } from './mounts.ts';
import { idleEndpoint } from './networks.ts';
import { checkName, type EngineState, findContainer, newId, type StoredContainer } from './state.ts';

/** `POST /containers/create`: the first network goes with it, others are connected afterwards. */
export function createContainer(state: EngineState, name: string, spec: CreateSpec): StoredContainer {
  checkSpec(spec);
  const image = findImage(state, spec.config.Image);
  checkName(state, name);
  const hostConfig = withDefaults(state, spec.hostConfig);
  const id = newId(state, 'container');
  const hostname = hostConfig.NetworkMode === 'host' ? state.info.name : id.slice(0, 12);
  const config = mergeConfig(spec.config, image.content.config, hostname);
  if (!config.Entrypoint?.length && !config.Cmd?.length) throw refused('No command specified');
  const container: StoredContainer = {
    ...{ id, name, config, hostConfig, imageId: image.id, created: state.clock.now() },
    ...mountAll(state, config, hostConfig),
    endpoints: new Map(
      endpointsOf(hostConfig.NetworkMode ?? '', spec).map(([key, value]) => [key, idleEndpoint(value)]),
    ),
    links: linksOf(state, hostConfig.Links ?? []),
    ports: {},
    ...{ status: 'created', exitCode: 0, error: '', startedAt: undefined, finishedAt: undefined, due: undefined },
    ...{ restartCount: 0, restartDelay: 0, stoppedByHand: false },
    ...{ files: new Map(), log: [], followers: new Set(), removed: new Set() },
  };
  state.containers.set(id, container);
  return container;
}

const policies = ['', 'no', 'always', 'unless-stopped', 'on-failure'];

/** Throws ENGINE_REFUSED for a policy the engine does not know. */
export function checkPolicy(name: string): void {
  if (!policies.includes(name)) throw refused(`invalid restart policy '${name}'`);
}

function checkSpec({ config, hostConfig }: CreateSpec): void {
  const policy = hostConfig.RestartPolicy?.Name ?? '';
  checkPolicy(policy);
  if (hostConfig.AutoRemove && policy !== '' && policy !== 'no') {
    throw refused("can't create 'AutoRemove' container with restart policy");
  }
  if (!hostConfig.NetworkMode?.startsWith('container:')) return;
  if (config.Hostname) throw refused('conflicting options: hostname and the network mode');
  if (Object.keys(config.ExposedPorts ?? {}).length > 0) {
    throw refused('conflicting options: port exposing and the container type network mode');
  }
}

function withDefaults(state: EngineState, given: CreateSpec['hostConfig']): CreateSpec['hostConfig'] {
  const stated = Object.entries(given).filter(([, value]) => value !== undefined && value !== null);
  const hostConfig: CreateSpec['hostConfig'] = { ...hostConfigDefaults, ...Object.fromEntries(stated) };
  return { ...hostConfig, NetworkMode: byId(state, hostConfig.NetworkMode || 'default') };
}

/** A network mode `container:name` is kept by id, where there is such a container. */
function byId(state: EngineState, mode: string): string {
  if (!mode.startsWith('container:')) return mode;
  try {
    return `container:${findContainer(state, mode.slice('container:'.length)).id}`;
  } catch (error) {
    if (hasCode(error, 'ENGINE_NOT_FOUND')) return mode;
    throw error;
  }
}

function endpointsOf(mode: string, { networks }: CreateSpec): readonly (readonly [string, Endpoint])[] {
  if (mode.startsWith('container:')) return [];
  const [first] = networks;
  if (first !== undefined) return [[first.name === 'default' ? 'bridge' : first.name, first.endpoint]];
  return [[mode === 'default' ? 'bridge' : mode, {}]];
}

function refused(words: string): AppError {
  return new AppError('ENGINE_REFUSED', words);
}

/** `db:alias` */
function linksOf(state: EngineState, links: readonly string[]): StoredContainer['links'] {
  return links.map((link) => {
    const [name = '', alias = name] = link.split(':');
    try {
      return { provider: findContainer(state, name).id, alias };
    } catch {
      throw refused(`could not get container for ${name}`);
    }
  });
}
