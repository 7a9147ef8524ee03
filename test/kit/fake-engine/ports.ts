import { AppError } from '../../../core/errors/app-error.ts';
import type { EngineState, PublishedPort, StoredContainer } from './state.ts';

const anyAddress = '0.0.0.0';

/** The ports a container publishes once it runs; ENGINE_FAILED where a running one has one of them. */
export function publish(state: EngineState, container: StoredContainer): StoredContainer['ports'] {
  const mode = container.hostConfig.NetworkMode ?? 'default';
  if (mode === 'host' || mode === 'none' || mode.startsWith('container:')) return {};
  const taken = [...state.containers.values()].flatMap(({ ports }) =>
    Object.values(ports).flatMap((published) => published ?? []),
  );
  const bindings = container.hostConfig.PortBindings ?? {};
  // A binding of a port that is not exposed publishes nothing.
  const exposed = Object.keys(container.config.ExposedPorts ?? {});
  return Object.fromEntries(
    exposed.map((port) => {
      const wanted = bindingsOf(bindings[port]);
      return [port, wanted.length === 0 ? null : wanted.map((binding) => bind(taken, binding))];
    }),
  );
}

function bind(taken: PublishedPort[], { HostIp, HostPort }: PublishedPort): PublishedPort {
  const address = HostIp || anyAddress;
  const isTaken = (port: string) => taken.some((other) => other.HostPort === port && overlaps(other.HostIp, address));
  let port = HostPort;
  for (let next = 49_153; port === ''; next += 1) if (!isTaken(String(next))) port = String(next);
  if (isTaken(port)) {
    const words = `Bind for ${address}:${port} failed: port is already allocated`;
    throw new AppError('ENGINE_FAILED', `driver failed programming external connectivity: ${words}`);
  }
  const published = { HostIp: address, HostPort: port };
  taken.push(published);
  return published;
}

function overlaps(one: string, other: string): boolean {
  return one === other || one === anyAddress || other === anyAddress;
}

function bindingsOf(given: unknown): readonly PublishedPort[] {
  const bindings = Array.isArray(given) ? (given as readonly Partial<PublishedPort>[]) : [];
  return bindings.map(({ HostIp = '', HostPort = '' }) => ({ HostIp, HostPort }));
}
