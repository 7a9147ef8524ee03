import type { ContainerConfig, HostConfig, Json, MountPoint } from '../../../core/engine/port.ts';
import { AppError, hasCode } from '../../../core/errors/app-error.ts';
import { type EngineState, findContainer, newId } from './state.ts';

/** A container's mounts, and which volumes were made for it without a name. */
export interface Mounted {
  readonly mounts: readonly MountPoint[];
  readonly ownVolumes: readonly string[];
}

/** Later sources give way to earlier ones at the same path: `volumes_from`, then binds and mounts win over the image's. */
export function mountAll(state: EngineState, config: ContainerConfig, hostConfig: HostConfig): Mounted {
  const own: string[] = [];
  const makeVolume = (): string => {
    const name = newId(state, 'volume');
    own.push(name);
    return name;
  };
  const points = new Map<string, MountPoint>();
  const add = (point: MountPoint) => {
    points.set(point.Destination, point);
    if (point.Type === 'volume' && point.Name !== undefined) state.volumes.add(point.Name);
  };

  for (const source of hostConfig.VolumesFrom ?? []) for (const point of mountsOf(state, source)) add(point);
  for (const bind of hostConfig.Binds ?? []) add(bindPoint(bind));
  for (const mount of hostConfig.Mounts ?? []) add(mountPoint(mount, makeVolume));
  for (const path of Object.keys(config.Volumes ?? {})) {
    if (!points.has(path)) add(volumePoint(makeVolume(), path, { mode: '', writable: true }));
  }
  return { mounts: [...points.values()], ownVolumes: own };
}

function mountsOf(state: EngineState, source: string): readonly MountPoint[] {
  const [name = '', mode = ''] = source.split(':');
  try {
    return findContainer(state, name).mounts.map((mount) => (mode === 'ro' ? { ...mount, RW: false } : mount));
  } catch (error) {
    // The engine answers 400 here, not 404.
    if (hasCode(error, 'ENGINE_NOT_FOUND')) throw new AppError('ENGINE_REFUSED', error.message);
    throw error;
  }
}

function bindPoint(bind: string): MountPoint {
  const [source = '', destination = '', mode = ''] = bind.split(':');
  const writable = !mode.split(',').includes('ro');
  if (!source.startsWith('/')) return volumePoint(source, destination, { mode: mode || 'z', writable });
  return {
    Type: 'bind',
    Source: source,
    Destination: destination,
    Mode: mode,
    RW: writable,
    Propagation: 'rprivate',
  };
}

function mountPoint(mount: Json, makeVolume: () => string): MountPoint {
  const { Type, Source, Target, ReadOnly } = mount;
  const destination = String(Target);
  const writable = ReadOnly !== true;
  if (Type === 'volume') {
    const name = typeof Source === 'string' && Source !== '' ? Source : makeVolume();
    return volumePoint(name, destination, { mode: 'z', writable });
  }
  const source = typeof Source === 'string' ? Source : '';
  return { Type: String(Type), Source: source, Destination: destination, Mode: '', RW: writable, Propagation: '' };
}

function volumePoint(
  name: string,
  destination: string,
  { mode, writable }: { readonly mode: string; readonly writable: boolean },
): MountPoint {
  return {
    Type: 'volume',
    Name: name,
    Source: `/var/lib/docker/volumes/${name}/_data`,
    Destination: destination,
    Driver: 'local',
    Mode: mode,
    RW: writable,
    Propagation: '',
  };
}
