import { nameOf } from '../cycle/groups/edges.ts';
import type { ContainerDetails } from '../engine/port.ts';

/**
 * The container through which Belfry's connection to the engine runs, such as a socket proxy: stopping it would cut
 * Belfry off in the middle. Undefined where the engine is spoken to directly, or through a socket that tells nothing.
 */
export function ownConnection(
  inspected: readonly ContainerDetails[],
  engineHost: string,
): ContainerDetails | undefined {
  if (engineHost.startsWith('unix://')) return undefined;
  const { host, port } = read(engineHost);
  const running = inspected.filter(({ State }) => State.Running);
  // A port on the engine's machine that a container has published cannot be the engine's own.
  return running.find((one) => namesOf(one).includes(host)) ?? running.find((one) => publishes(one, port));
}

function read(engineHost: string): { readonly host: string; readonly port: string } {
  const url = new URL(engineHost.replace(/^(?:\w+:\/\/)?/, 'tcp://'));
  return { host: url.hostname.replace(/^\[|\]$/g, '').toLowerCase(), port: url.port || '2375' };
}

/** All that leads to a container inside the engine's networks. */
function namesOf(container: ContainerDetails): readonly string[] {
  const endpoints = Object.values(container.NetworkSettings.Networks ?? {});
  const found = endpoints.flatMap(({ Aliases, IPAddress, GlobalIPv6Address }) => [
    ...(Aliases ?? []),
    IPAddress ?? '',
    GlobalIPv6Address ?? '',
  ]);
  const own = [nameOf(container), container.Id.slice(0, 12), container.Config.Hostname ?? ''];
  return [...own, ...found].filter((name) => name !== '').map((name) => name.toLowerCase());
}

function publishes({ HostConfig, NetworkSettings }: ContainerDetails, port: string): boolean {
  const bound = [HostConfig.PortBindings ?? {}, NetworkSettings.Ports ?? {}];
  return bound
    .flatMap((ports) => Object.values(ports).flat())
    .some((binding) => (binding as { readonly HostPort?: string } | null)?.HostPort === port);
}
