import { speaks } from '../../engine/api-version.ts';
import type { ContainerDetails, CreateSpec, Endpoint } from '../../engine/port.ts';
import { isContainerMode, isPrimary, links, ownAliases } from './endpoint.ts';
import { configuredMac, macByNetwork } from './mac.ts';

/** The networks to join, the container's own first, the others by name: the same in every run. */
export function networks(original: ContainerDetails, apiVersion: string): CreateSpec['networks'] {
  const mode = original.HostConfig.NetworkMode ?? 'default';
  if (mode === 'host' || mode === 'none' || isContainerMode(mode)) return [];
  const attached = original.NetworkSettings.Networks ?? {};
  // A container taken off its own network joins it again unless another one is given at the create.
  const names = Object.keys(attached).sort((a, b) => {
    const first = Number(isPrimary(original, b)) - Number(isPrimary(original, a));
    return first || (a < b ? -1 : 1);
  });
  return names.map((name) => ({ name, endpoint: endpointOf(original, name, apiVersion) }));
}

/** What the user gave the endpoint; addresses and MACs that the engine made up stay behind. */
function endpointOf(original: ContainerDetails, network: string, apiVersion: string): Endpoint {
  const given = original.NetworkSettings.Networks?.[network] ?? {};
  const mac = speaks(apiVersion, macByNetwork) ? configuredMac(original, network, apiVersion) : null;
  const MacAddress = mac === null ? {} : { MacAddress: mac };
  // The default bridge takes nothing else.
  if (network === 'bridge') return MacAddress;
  const Aliases = ownAliases(original.Id, given);
  return {
    ...(given.IPAMConfig ? { IPAMConfig: given.IPAMConfig } : {}),
    ...(given.Links?.length ? { Links: links(given.Links) } : {}),
    ...(Aliases.length > 0 ? { Aliases } : {}),
    ...(given.DriverOpts ? { DriverOpts: given.DriverOpts } : {}),
    ...MacAddress,
    ...(given.GwPriority ? { GwPriority: given.GwPriority } : {}),
  };
}
