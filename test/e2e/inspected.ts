import { isDeepStrictEqual } from 'node:util';
import type { ContainerDetails } from '../../core/engine/port.ts';

interface Difference {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Everything in which two answers of `inspect` differ, leaf by leaf. */
export function differences(before: ContainerDetails, after: ContainerDetails): readonly Difference[] {
  const [old, now] = [leaves(before), leaves(after)];
  const paths = new Set([...old.keys(), ...now.keys()]);
  return [...paths]
    .map((path) => ({ path, before: old.get(path), after: now.get(path) }))
    .filter((difference) => !isDeepStrictEqual(difference.before, difference.after));
}

/** The settings of a container that somebody gave a value, by their paths. */
export function given({ Config, HostConfig, Mounts, NetworkSettings }: ContainerDetails): readonly string[] {
  const { Networks } = NetworkSettings;
  const settings = leaves({ Config, HostConfig, Mounts, Networks });
  return [...settings].flatMap(([path, value]) => (value ? [path] : []));
}

/** Lists by what they hold where their order means nothing, else by position; nothing and emptiness stay apart. */
function leaves(value: unknown, path = ''): ReadonlyMap<string, unknown> {
  const parts = entries(path, value);
  if (parts.length === 0) return new Map([[path, value]]);
  const below = ([key, part]: readonly [string, unknown]) => [...leaves(part, path === '' ? key : `${path}.${key}`)];
  return new Map(parts.flatMap(below));
}

function entries(path: string, value: unknown): readonly (readonly [string, unknown])[] {
  if (value === null || typeof value !== 'object') return [];
  if (!Array.isArray(value)) return Object.entries(value);
  if (path === 'Config.Env') return value.map((entry: string) => entry.split('=') as [string, string]);
  if (path === 'Mounts') return value.map((mount: { Destination: string }) => [mount.Destination, mount] as const);
  if (/\.(Entrypoint|Cmd|Dns\w*|Aliases)$/.test(path)) return []; // A list whose order and whole count.
  return value.map((part, at) => [String(at), part] as const);
}
