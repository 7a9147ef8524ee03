import { speaks } from '../../engine/api-version.ts';
import type { ContainerDetails, Endpoint } from '../../engine/port.ts';
import { isPrimary } from './endpoint.ts';

/** From this API version on a MAC is stated for each network, before it for the container as a whole. */
export const macByNetwork = '1.44';

/** From this one on engines make MACs up at random, and say of the container's own network what was configured. */
const randomMacs = '1.48';

/**
 * The MAC that somebody configured for an endpoint; null where the engine made it up. Config states it for the
 * container's own network. Where only the endpoint shows one, it is kept unless it is made of the address: a random
 * one on a further network looks like a configured one, and keeping it harms nobody.
 */
export function configuredMac(details: ContainerDetails, network: string, apiVersion: string): string | null {
  const primary = isPrimary(details, network);
  const stated = (primary && details.Config.MacAddress) || null;
  if (stated !== null || !speaks(apiVersion, macByNetwork)) return stated;
  if (primary && speaks(apiVersion, randomMacs)) return null;
  const { MacAddress: shown, IPAddress }: Endpoint = details.NetworkSettings.Networks?.[network] ?? {};
  return !shown || shown === madeOf(IPAddress) ? null : shown;
}

/** What engines make of `172.17.0.2`: `02:42:ac:11:00:02`. */
function madeOf(address: string | undefined): string | null {
  const parts = (address ?? '').split('.').map(Number);
  if (parts.length !== 4 || parts.some(Number.isNaN)) return null;
  return ['02', '42', ...parts.map((part) => part.toString(16).padStart(2, '0'))].join(':');
}
