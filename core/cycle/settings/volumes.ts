import { posix } from 'node:path';
import type { ContainerDetails, HostConfig, Json, MountPoint } from '../../engine/port.ts';

/** Binds and mounts as they are; volumes the engine named itself are attached by that name, with their data. */
export function volumes({ HostConfig: host, Mounts }: ContainerDetails): Pick<HostConfig, 'Binds' | 'Mounts'> {
  // A bind that is only a path asks for a new volume there.
  const binds = host.Binds?.filter((bind) => bind.includes(':')) ?? [];
  const mounts = host.Mounts ?? [];
  const stated = new Set([...binds.map(bindTarget), ...mounts.map(mountTarget)]);
  const unnamed = (Mounts ?? []).filter((mount) => mount.Type === 'volume' && !stated.has(mount.Destination));
  const named = mounts.map((mount) =>
    mount.Type === 'volume' && !mount.Source ? { ...mount, Source: volumeAt(Mounts, mountTarget(mount)) } : mount,
  );
  const added = unnamed.map(({ Name, Destination, RW }) => `${Name}:${Destination}${RW === false ? ':ro' : ''}`);
  return {
    Binds: added.length === 0 ? (host.Binds ?? null) : [...binds, ...added],
    ...(host.Mounts ? { Mounts: named } : {}),
  };
}

function volumeAt(mounts: readonly MountPoint[] | null | undefined, target: string): string | undefined {
  return mounts?.find(({ Destination }) => Destination === target)?.Name;
}

/** The path inside the container of a `source:target[:options]` bind. */
function bindTarget(bind: string): string {
  return cleanPath(bind.split(':')[1] ?? '');
}

function mountTarget({ Target }: Json): string {
  return cleanPath(String(Target));
}

/** As the engine writes it among the mounts. */
function cleanPath(path: string): string {
  return posix.normalize(path).replace(/(.)\/$/, '$1');
}
