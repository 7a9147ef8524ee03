import { speaks } from '../../engine/api-version.ts';
import type { ContainerDetails, EngineInfo } from '../../engine/port.ts';
import { fields, type Place } from './fields.ts';
import { isUnset } from './unset.ts';

/** The limits of a container that its engine reports it cannot set, such as `MemorySwappiness`. */
export function unsupported(
  { HostConfig }: Pick<ContainerDetails, 'HostConfig'>,
  { cannot }: Pick<EngineInfo, 'cannot'>,
): readonly string[] {
  return fields
    .filter(({ needs }) => needs !== undefined && cannot.includes(needs))
    .flatMap(({ names }) => names)
    .filter((name) => HostConfig[name] !== undefined && HostConfig[name] !== null);
}

/** The settings of a container that the API version spoken cannot state, each with the one that could. */
export function unspoken(details: ContainerDetails, apiVersion: string): readonly string[] {
  const newer = fields.filter(({ since = apiVersion }) => !speaks(apiVersion, since));
  return newer.flatMap((field) =>
    field.names
      .filter((name) => !hasOwnWay(field.in, name) && !valuesAt(details, field.in, name).every(isUnset))
      .map((name) => `${field.in}.${name} (API ${field.since})`),
  );
}

/** Older versions state a MAC for the container as a whole, and show there what was asked for. */
function hasOwnWay(place: Place, name: string): boolean {
  return place === 'Networks' && name === 'MacAddress';
}

/** What stands at a path, in each of the networks and in each part of a list. */
function valuesAt(details: ContainerDetails, place: Place, name: string): readonly unknown[] {
  const { Config, HostConfig, NetworkSettings } = details;
  const roots = { Config: [Config], HostConfig: [HostConfig], Networks: Object.values(NetworkSettings.Networks ?? {}) };
  return name.split('.').reduce<readonly unknown[]>((values, step) => values.flatMap(inside(step)), roots[place]);
}

const inside =
  (step: string) =>
  (value: unknown): readonly unknown[] => {
    const inner = (value as { readonly [field: string]: unknown } | null | undefined)?.[step];
    return Array.isArray(inner) ? inner : [inner];
  };
