import type { ContainerDetails, CreateSpec, MountPoint } from '../../engine/port.ts';
import { lender } from './edges.ts';

/** From the ids of originals to those of their successors, as far as there are any. */
export type Moved = ReadonlyMap<string, string>;

const namespaces = ['NetworkMode', 'PidMode', 'IpcMode'] as const;

/** A container as it must be made again beside the successors of those whose namespaces it shares. */
export function onSuccessors(original: ContainerDetails, moved: Moved): ContainerDetails {
  return { ...original, HostConfig: { ...original.HostConfig, ...borrowed(original, moved) } };
}

/** Recorded settings name the providers of their time; those the container has now count. */
export function besideProviders(spec: CreateSpec, original: ContainerDetails, moved: Moved): CreateSpec {
  return { ...spec, hostConfig: { ...spec.hostConfig, ...borrowed(original, moved) } };
}

/** Without the mounts that `volumes_from` brings along again by itself. */
export function withoutLent(container: ContainerDetails, lenders: readonly ContainerDetails[]): ContainerDetails {
  const key = ({ Type, Name, Source, Destination }: MountPoint) => JSON.stringify([Type, Name, Source, Destination]);
  const lent = new Set(lenders.flatMap(({ Mounts }) => Mounts ?? []).map(key));
  return lent.size === 0
    ? container
    : { ...container, Mounts: (container.Mounts ?? []).filter((mount) => !lent.has(key(mount))) };
}

function borrowed({ HostConfig }: ContainerDetails, moved: Moved): Readonly<Record<string, string>> {
  return Object.fromEntries(
    namespaces.flatMap((field) => {
      const key = lender(HostConfig[field]);
      if (key === undefined) return [];
      const [, successor = key] = [...moved].find(([id]) => id === key || isStartOf(key, id)) ?? [];
      return [[field, `container:${successor}`]];
    }),
  );
}

/** Engines keep the whole id, and other clients may have given the start of one. */
const isStartOf = (key: string, id: string) => /^[0-9a-f]{12,}$/.test(key) && id.startsWith(key);
