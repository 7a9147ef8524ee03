import { posix } from 'node:path';
import type {
  ContainerConfig,
  ContainerDetails,
  CreateSpec,
  Endpoint,
  HostConfig,
  ImageDefaults,
  Json,
  MountPoint,
} from '../../engine/port.ts';
import { ownConfig } from './merge.ts';

export interface SpecSource {
  readonly original: ContainerDetails;
  /** The Config of the image the original runs; null where it is gone. */
  readonly inherited: ImageDefaults | null;
  /** The human reference the new container is created with. */
  readonly reference: string;
  /** The id of the image it will run. */
  readonly imageId: string;
}

/**
 * The settings of a new container in the place of `original`. HostConfig goes through verbatim, unknown fields too;
 * each exception below is one the engine's own rules force.
 */
export function buildSpec({ original, inherited, reference, imageId }: SpecSource): CreateSpec {
  const { HostConfig: host } = original;
  const config = ownConfig(original.Config, inherited) as ContainerConfig;
  return {
    config: {
      ...config,
      ...hostRules(original, config),
      Image: reference,
      Labels: labels(config.Labels ?? {}, imageId),
    },
    hostConfig: {
      ...host,
      Links: links(host.Links),
      ...(host.Devices ? { Devices: devices(host.Devices as readonly Json[]) } : {}),
      ...(host.RestartPolicy?.Name === '' ? { RestartPolicy: { Name: 'no', MaximumRetryCount: 0 } } : {}),
      ...volumes(original),
    },
    networks: networks(original),
  };
}

/** What the container's namespaces forbid it to state, or what the engine made up for the old one alone. */
function hostRules(original: ContainerDetails, config: ContainerConfig): Partial<ContainerConfig> {
  const { Id, HostConfig: host } = original;
  const borrowed = isContainerMode(host.NetworkMode);
  const generated = config.Hostname === Id.slice(0, 12);
  const ports = borrowed ? {} : { ...config.ExposedPorts, ...published(original) };
  const unnamed = borrowed || generated || host.UTSMode === 'host';
  return {
    ExposedPorts: ports,
    ...(unnamed ? { Hostname: '' } : {}),
    ...(borrowed ? { Domainname: '' } : {}),
  };
}

// A port that is bound and not exposed publishes nothing, so it must stay exposed where the new image does not say so,
// and must not become so where it was not.
function published({ Config, HostConfig }: ContainerDetails): Record<string, object> {
  const bound = Object.keys(HostConfig.PortBindings ?? {}).filter((port) => port in (Config.ExposedPorts ?? {}));
  return Object.fromEntries(bound.map((port) => [port, {}]));
}

/** Compose compares this label with the image on the engine, and recreates the container where they differ. */
const composeImage = 'com.docker.compose.image';

function labels(own: Readonly<Record<string, string>>, imageId: string): Record<string, string> {
  return composeImage in own ? { ...own, [composeImage]: imageId } : { ...own };
}

/** Inspect answers `/db:/web/alias`, create takes `db:alias`; without an alias the name counts. */
export function links(given: readonly string[] | null | undefined): readonly string[] {
  return (given ?? []).map((link) => {
    const [source = '', target = ''] = link.split(':');
    const provider = source.replace(/^\//, '');
    return `${provider}:${target.slice(target.lastIndexOf('/') + 1) || provider}`;
  });
}

// Podman leaves this empty, and refuses it empty.
function devices(given: readonly Json[]): readonly Json[] {
  return given.map((device) => ({ ...device, CgroupPermissions: device.CgroupPermissions || 'rwm' }));
}

/** Volumes the engine named itself are attached again by name, so that their data goes along. */
function volumes({ HostConfig: host, Mounts }: ContainerDetails): Pick<HostConfig, 'Binds' | 'Mounts'> {
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

function networks(original: ContainerDetails): CreateSpec['networks'] {
  const mode = original.HostConfig.NetworkMode ?? 'default';
  if (mode === 'host' || mode === 'none' || isContainerMode(mode)) return [];
  const attached = original.NetworkSettings.Networks ?? {};
  const primary = mode === 'default' ? 'bridge' : mode;
  const isPrimary = (name: string) => name === primary || attached[name]?.NetworkID === primary;
  // A container taken off its own network joins it again unless another one is given at the create.
  const names = Object.keys(attached).sort((a, b) => Number(isPrimary(b)) - Number(isPrimary(a)) || compare(a, b));
  return names.map((name) => ({ name, endpoint: endpoint(original.Id, name, attached[name] ?? {}) }));
}

/** What the user gave the endpoint; addresses and MACs that the engine made up stay behind. */
function endpoint(id: string, network: string, given: Endpoint): Endpoint {
  if (network === 'bridge') return {};
  const aliases = (given.Aliases ?? []).filter((alias) => alias !== id.slice(0, 12));
  return {
    ...(given.IPAMConfig ? { IPAMConfig: given.IPAMConfig } : {}),
    ...(given.Links?.length ? { Links: links(given.Links) } : {}),
    ...(aliases.length > 0 ? { Aliases: aliases } : {}),
    ...(given.DriverOpts ? { DriverOpts: given.DriverOpts } : {}),
    ...(given.GwPriority ? { GwPriority: given.GwPriority } : {}),
  };
}

export function isContainerMode(mode: string | undefined): boolean {
  return mode?.startsWith('container:') ?? false;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
