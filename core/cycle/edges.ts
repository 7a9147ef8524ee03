import { mapLimited } from '../concurrency.ts';
import type { ContainerDetails, ContainerSummary } from '../engine/port.ts';
import { existing } from './candidate.ts';
import type { Context } from './context.ts';
import { links } from './settings/endpoint.ts';

/**
 * The containers that others hang on by a hard edge: whose namespaces, volumes or links they use. Keyed by the
 * provider's id; the values are the names of those that would be cut off by its replacement.
 */
export function dependants(containers: readonly ContainerDetails[]): ReadonlyMap<string, readonly string[]> {
  const byKey = new Map(
    containers.flatMap((container) => [
      [container.Id, container],
      [nameOf(container), container],
    ]),
  );
  const found = new Map<string, string[]>();
  for (const container of containers) {
    for (const key of providers(container)) {
      const provider = byKey.get(key) ?? containers.find(({ Id }) => key.length >= 12 && Id.startsWith(key));
      if (provider === undefined || provider === container) continue;
      found.set(provider.Id, [...(found.get(provider.Id) ?? []), nameOf(container)]);
    }
  }
  return found;
}

/** The list does not show who uses whose namespaces, volumes and links. */
export async function inspectAll(
  { engine }: Context,
  containers: readonly ContainerSummary[],
): Promise<readonly ContainerDetails[]> {
  const inspected = await mapLimited(containers, 16, ({ id }) => existing(engine.inspect(id)));
  return inspected.flatMap((details) => details ?? []);
}

/** The ids or names a container refers to. */
function providers({ HostConfig: host, NetworkSettings }: ContainerDetails): readonly string[] {
  const modes = [host.NetworkMode, host.PidMode, host.IpcMode].flatMap((mode) =>
    mode?.startsWith('container:') ? [mode.slice('container:'.length)] : [],
  );
  const volumes = (host.VolumesFrom ?? []).map((from) => from.split(':')[0] ?? '');
  const endpoints = Object.values(NetworkSettings.Networks ?? {}).flatMap((endpoint) => endpoint.Links ?? []);
  const linked = links([...(host.Links ?? []), ...endpoints]).map((link) => link.split(':')[0] ?? '');
  return [...modes, ...volumes, ...linked].map((name) => name.replace(/^\//, ''));
}

export function nameOf({ Name }: Pick<ContainerDetails, 'Name'>): string {
  return Name.replace(/^\//, '');
}
