import { isDeepStrictEqual } from 'node:util';
import { speaks } from '../../engine/api-version.ts';
import type { ContainerDetails, Endpoint, ImageDefaults } from '../../engine/port.ts';
import { entriesOf, form } from './compare.ts';
import { isContainerMode, links, ownAliases } from './endpoint.ts';
import { fieldAt } from './fields.ts';
import { configuredMac, macByNetwork } from './mac.ts';
import { isUnset } from './unset.ts';

/** Every setting of a container by a path such as `HostConfig.Memory` or `Config.Env.TZ`, in comparable form. */
export type Canonical = ReadonlyMap<string, unknown>;

/**
 * Flattens what the engine says of a container, stopped or running, so that two can be compared setting by setting.
 * What exists only for this one object (ids, generated names and addresses) is left out or replaced by what it means.
 */
export function canonical(details: ContainerDetails, apiVersion: string): Canonical {
  const settings = new Map<string, unknown>();
  const put = (path: string, value: unknown) => {
    if (!isUnset(value)) settings.set(path, value);
  };
  const { Config: config, HostConfig: host } = details;
  for (const [field, value] of Object.entries(config)) {
    if (field === 'MacAddress' && speaks(apiVersion, macByNetwork)) continue; // Compared with its network.
    if (!isGiven(details, field)) putConfig(settings, field, value);
  }
  for (const [field, value] of Object.entries(host)) {
    const compared = fieldAt('HostConfig', field)?.compared;
    if (compared !== 'as mounts') put(`HostConfig.${field}`, form(compared, value));
  }
  for (const mount of details.Mounts ?? []) {
    const { Type, Name, Source, RW, Propagation } = mount;
    put(`Mounts.${mount.Destination}`, { Type, from: Type === 'volume' ? Name : Source, RW, Propagation });
  }
  for (const mount of host.Mounts ?? []) put(`HostConfig.Mounts.${String(mount.Target)}`, { ...mount, Source: null });
  // Podman shows those of the lender as the borrower's own.
  const networks = isContainerMode(host.NetworkMode) ? [] : Object.entries(details.NetworkSettings.Networks ?? {});
  for (const [name, endpoint] of networks)
    put(`Networks.${name}`, canonicalEndpoint(details, name, endpoint, apiVersion));
  if (networks.length === 0) settings.set('Networks', 'none'); // Cut off on purpose: the engine would join one again.
  return settings;
}

function putConfig(settings: Map<string, unknown>, field: string, value: unknown): void {
  const compared = fieldAt('Config', field)?.compared;
  const entries = entriesOf(compared, value);
  if (compared === 'as a list') settings.set(`Config.${field}`, value ?? []);
  else if (entries === undefined) isUnset(value) || compared === 'not' || settings.set(`Config.${field}`, value);
  else for (const [key, part] of entries) settings.set(`Config.${field}.${key}`, part);
}

/** Whether the engine gave this container a part of its Config: generated for it, or borrowed with a namespace. */
function isGiven({ Id, Config, HostConfig: host }: ContainerDetails, field: string): boolean {
  const borrowed = fieldAt('Config', field)?.compared === 'unless given by the engine' || field === 'ExposedPorts';
  if (borrowed && isContainerMode(host.NetworkMode)) return true;
  return field === 'Hostname' && (host.UTSMode === 'host' || Config.Hostname === Id.slice(0, 12));
}

/** The same for the defaults of an image: what a container may have without anyone having asked for it. */
export function canonicalDefaults(image: ImageDefaults | null): Canonical {
  const settings = new Map<string, unknown>();
  const defaults = { Entrypoint: null, Cmd: null, ...image };
  for (const [field, value] of Object.entries(defaults)) putConfig(settings, field, value);
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
    if (path === composeImage || isDeepStrictEqual(is, was)) continue;
    if (isDeepStrictEqual(inherited.get(path), was)) continue;
    lost.push({ path, was, is });
  }
  return lost;
}

/** It names the image, and so must change. */
const composeImage = 'Config.Labels.com.docker.compose.image';

function canonicalEndpoint(details: ContainerDetails, name: string, endpoint: Endpoint, apiVersion: string): object {
  const ipam = Object.entries(endpoint.IPAMConfig ?? {}).filter(([, value]) => !isUnset(value));
  const byNetwork = speaks(apiVersion, macByNetwork);
  return {
    IPAMConfig: Object.fromEntries(ipam),
    Links: links(endpoint.Links),
    Aliases: ownAliases(details.Id, endpoint).toSorted(),
    DriverOpts: endpoint.DriverOpts ?? {},
    MacAddress: byNetwork ? configuredMac(details, name, apiVersion) : null,
    GwPriority: endpoint.GwPriority ?? 0,
  };
}
