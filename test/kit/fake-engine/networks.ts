import type { Endpoint } from '../../../core/engine/port.ts';
import { AppError } from '../../../core/errors/app-error.ts';
import { type EngineState, newId, type StoredContainer, type StoredNetwork } from './state.ts';

const firstPrefixes = { bridge: '172.17.0', host: null, none: null };

export function addBuiltInNetworks(state: EngineState): void {
  for (const [name, prefix] of Object.entries(firstPrefixes)) {
    state.networks.set(name, { name, id: newId(state, 'network'), prefix, configured: false });
  }
}

/** A bridge network; `subnet` such as `10.7.0.0/24` allows static addresses. */
export function addNetwork(state: EngineState, name: string, subnet?: string): StoredNetwork {
  const prefix = subnet?.split('.').slice(0, 3).join('.') ?? `172.${15 + state.networks.size}.0`;
  const network = { name, id: newId(state, 'network'), prefix, configured: subnet !== undefined };
  state.networks.set(name, network);
  return network;
}

/** Puts an endpoint on a container that does not run; the network itself is looked for at the start. */
export function connect(state: EngineState, container: StoredContainer, name: string, endpoint: Endpoint): void {
  const mode = container.hostConfig.NetworkMode ?? '';
  if (name === 'host' || mode === 'host') {
    throw new AppError('ENGINE_REFUSED', 'container cannot be disconnected from host network or connected to it');
  }
  if (mode === 'none' || mode.startsWith('container:')) {
    throw new AppError('ENGINE_REFUSED', `container in network mode ${mode} cannot be connected to other networks`);
  }
  container.endpoints.set(nameOf(state, name), withShortId(idleEndpoint(endpoint), container));
}

/** An endpoint as inspect shows it while the container does not run. */
export function idleEndpoint(endpoint: Endpoint): Endpoint {
  return { ...blankEndpoint, ...endpoint, ...noAddress };
}

/** By name or id. Throws ENGINE_NOT_FOUND. */
export function findNetwork(state: EngineState, name: string): StoredNetwork {
  const network = [...state.networks.values()].find((one) => one.name === name || one.id === name);
  if (network === undefined) throw new AppError('ENGINE_NOT_FOUND', `network ${name} not found`);
  return network;
}

/** Gives every endpoint its addresses, or throws as the engine does and gives none. */
export function attach(state: EngineState, container: StoredContainer): void {
  const attached = [...container.endpoints].map(([name, endpoint], index) => {
    const network = findNetwork(state, name);
    return [name, attachOne(state, { container, network, endpoint, isFirst: index === 0 })] as const;
  });
  for (const [name, endpoint] of attached) container.endpoints.set(name, endpoint);
}

export function detach(container: StoredContainer): void {
  for (const [name, endpoint] of container.endpoints) container.endpoints.set(name, { ...endpoint, ...noAddress });
}

const blankEndpoint: Endpoint = {
  IPAMConfig: null,
  Links: null,
  Aliases: null,
  NetworkID: '',
  DriverOpts: null,
};

const noAddress = {
  EndpointID: '',
  Gateway: '',
  IPAddress: '',
  IPPrefixLen: 0,
  IPv6Gateway: '',
  GlobalIPv6Address: '',
  GlobalIPv6PrefixLen: 0,
  MacAddress: '',
};

interface Attachment {
  readonly container: StoredContainer;
  readonly network: StoredNetwork;
  readonly endpoint: Endpoint;
  readonly isFirst: boolean;
}

function attachOne(state: EngineState, { container, network, endpoint, isFirst }: Attachment): Endpoint {
  const userDefined = !(network.name in firstPrefixes);
  if (!userDefined && endpoint.Aliases?.length) {
    throw refused('network-scoped alias is supported only for containers in user defined networks');
  }
  const named = userDefined ? withShortId(endpoint, container) : endpoint;
  const identified = { ...named, NetworkID: network.id, EndpointID: newId(state, 'endpoint') };
  if (network.prefix === null) return identified;
  const address = addressFor(state, network, endpoint);
  const configured = isFirst ? container.config.MacAddress : undefined;
  return {
    ...identified,
    Gateway: `${network.prefix}.1`,
    IPAddress: address,
    IPPrefixLen: 16,
    MacAddress: configured || macOf(address),
  };
}

function addressFor(state: EngineState, network: StoredNetwork, endpoint: Endpoint): string {
  const taken = new Set(
    [...state.containers.values()].map((container) => container.endpoints.get(network.name)?.IPAddress),
  );
  const wanted = endpoint.IPAMConfig?.IPv4Address;
  if (typeof wanted !== 'string' || wanted === '') {
    for (let last = 2; ; last += 1) if (!taken.has(`${network.prefix}.${last}`)) return `${network.prefix}.${last}`;
  }
  if (!network.configured) {
    throw refused(
      'user specified IP address is supported only when connecting to networks with user configured subnets',
    );
  }
  if (taken.has(wanted)) throw new AppError('ENGINE_FAILED', 'Address already in use');
  return wanted;
}

/** The engine lets containers find each other by their short ids too. */
function withShortId(endpoint: Endpoint, container: StoredContainer): Endpoint {
  const shortId = container.id.slice(0, 12);
  const aliases = endpoint.Aliases ?? [];
  return { ...endpoint, Aliases: aliases.includes(shortId) ? aliases : [...aliases, shortId] };
}

function nameOf(state: EngineState, wanted: string): string {
  return [...state.networks.values()].find(({ id }) => id === wanted)?.name ?? wanted;
}

function macOf(address: string): string {
  const bytes = address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  return `02:42:${bytes.join(':')}`;
}

function refused(words: string): AppError {
  return new AppError('ENGINE_REFUSED', words);
}
