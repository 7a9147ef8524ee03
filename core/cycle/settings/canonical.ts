import { isDeepStrictEqual } from 'node:util';
import type { ContainerDetails, Endpoint, ImageDefaults, Json } from '../../engine/port.ts';
import { isContainerMode, links } from './spec.ts';

/** Every setting of a container by a path such as `HostConfig.Memory` or `Config.Env.TZ`, in comparable form. */
export type Canonical = ReadonlyMap<string, unknown>;

/**
 * Flattens what the engine says of a container, stopped or running, so that two can be compared setting by setting.
 * What exists only for this one object (ids, generated names and addresses) is left out or replaced by what it means.
 */
export function canonical(details: ContainerDetails): Canonical {
  const settings = new Map<string, unknown>();
  const put = (path: string, value: unknown) => {
    if (!isUnset(value)) settings.set(path, value);
  };
  const { Id: id, Config: config, HostConfig: host } = details;
  for (const [field, value] of Object.entries(config)) {
    if (isGiven(details, field)) continue;
    // Nothing at all is a choice too: it keeps the image's away.
    if (isCommand(field)) settings.set(`Config.${field}`, value ?? []);
    else if (byEntry[field] === undefined) put(`Config.${field}`, value);
    else for (const [key, part] of byEntry[field](value)) settings.set(`Config.${field}.${key}`, part);
  }
  for (const [field, value] of Object.entries(host)) {
    if (field === 'Binds' || field === 'Mounts') continue; // Compared as what is mounted, below.
    put(`HostConfig.${field}`, field in hostForms ? hostForms[field]?.(value) : value);
  }
  for (const mount of details.Mounts ?? []) {
    const { Type, Name, Source, RW, Propagation } = mount;
    put(`Mounts.${mount.Destination}`, { Type, from: Type === 'volume' ? Name : Source, RW, Propagation });
  }
  for (const mount of host.Mounts ?? []) put(`HostConfig.Mounts.${String(mount.Target)}`, { ...mount, Source: null });
  const networks = Object.entries(details.NetworkSettings.Networks ?? {});
  for (const [name, endpoint] of networks) put(`Networks.${name}`, canonicalEndpoint(id, endpoint));
  if (networks.length === 0) settings.set('Networks', 'none'); // Cut off on purpose: the engine would join one again.
  return settings;
}

/** Whether the engine gave this container a part of its Config: generated for it, or borrowed with a namespace. */
function isGiven({ Id, Config, HostConfig: host }: ContainerDetails, field: string): boolean {
  if (isContainerMode(host.NetworkMode) && ['Hostname', 'Domainname', 'ExposedPorts'].includes(field)) return true;
  return field === 'Hostname' && (host.UTSMode === 'host' || Config.Hostname === Id.slice(0, 12));
}

/** The same for the defaults of an image: what a container may have without anyone having asked for it. */
export function canonicalDefaults(image: ImageDefaults | null): Canonical {
  const settings = new Map<string, unknown>();
  for (const field of ['Entrypoint', 'Cmd']) settings.set(`Config.${field}`, image?.[field] ?? []);
  for (const [field, value] of Object.entries(image ?? {})) {
    if (isCommand(field)) continue;
    for (const [key, part] of byEntry[field]?.(value) ?? []) settings.set(`Config.${field}.${key}`, part);
    if (byEntry[field] === undefined && !isUnset(value)) settings.set(`Config.${field}`, value);
  }
  return settings;
}

/** A setting the new container should have and does not. */
export interface Loss {
  readonly path: string;
  readonly was: unknown;
  readonly is: unknown;
}

/** The settings proof: what `before` had and `after` lacks, leaving out what came from the image before. */
export function losses(before: Canonical, after: Canonical, inherited: Canonical): readonly Loss[] {
  const lost: Loss[] = [];
  for (const [path, was] of before) {
    const is = after.get(path);
    if (expectedToChange.has(path) || isDeepStrictEqual(is, was)) continue;
    if (isDeepStrictEqual(inherited.get(path), was)) continue;
    lost.push({ path, was, is });
  }
  return lost;
}

const expectedToChange: ReadonlySet<string> = new Set(['Config.Image', 'Config.Labels.com.docker.compose.image']);

function isCommand(field: string): boolean {
  return field === 'Entrypoint' || field === 'Cmd';
}

type Entries = readonly (readonly [string, unknown])[];

const byEntry: Readonly<Record<string, (value: unknown) => Entries>> = {
  Env: (value) =>
    list(value).map((entry) => {
      const [name = '', ...rest] = String(entry).split('=');
      return [name, entry.includes('=') ? rest.join('=') : true];
    }),
  Labels: (value) => Object.entries(value ?? {}),
  Volumes: (value) => Object.entries(value ?? {}),
  ExposedPorts: (value) => Object.entries(value ?? {}),
  Healthcheck: (value) => Object.entries(value ?? {}).filter(([, part]) => !isUnset(part)),
};

const hostForms: Readonly<Record<string, (value: unknown) => unknown>> = {
  NetworkMode: (value) => (value === 'default' ? 'bridge' : value), // Newer engines write down what it means.
  Links: (value) => links(value as readonly string[] | null),
  RestartPolicy: (value) => {
    const { Name, MaximumRetryCount } = (value ?? {}) as { Name?: string; MaximumRetryCount?: number };
    return Name === '' || Name === 'no' || Name === undefined ? null : { Name, MaximumRetryCount };
  },
  Devices: (value) =>
    ((value ?? []) as readonly Json[]).map((device) => ({
      ...device,
      CgroupPermissions: device.CgroupPermissions || 'rwm',
    })),
  LogConfig: (value) => {
    const { Type, Config } = (value ?? {}) as { Type?: string; Config?: Json | null };
    return { Type, Config: Config ?? {} };
  },
};

function canonicalEndpoint(id: string, { IPAMConfig, Links, Aliases, DriverOpts, GwPriority }: Endpoint): object {
  const ipam = Object.entries(IPAMConfig ?? {}).filter(([, value]) => !isUnset(value));
  return {
    IPAMConfig: Object.fromEntries(ipam),
    Links: links(Links),
    Aliases: (Aliases ?? []).filter((alias) => alias !== id.slice(0, 12)).toSorted(),
    DriverOpts: DriverOpts ?? {},
    GwPriority: GwPriority ?? 0,
  };
}

function list(value: unknown): readonly string[] {
  return (value ?? []) as readonly string[];
}

/** The engine answers now `null`, now an empty value, for the same thing that nobody asked for. */
function isUnset(value: unknown): boolean {
  if (value === null || value === undefined || value === '' || value === false || value === 0) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
