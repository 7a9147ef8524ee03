import { isDeepStrictEqual } from 'node:util';
import type { ContainerDetails } from '../../core/engine/port.ts';

interface Difference {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Everything in which two answers of `inspect` differ, leaf by leaf. */
function differences(before: ContainerDetails, after: ContainerDetails): readonly Difference[] {
  const [old, now] = [leaves(before), leaves(after)];
  const paths = new Set([...old.keys(), ...now.keys()]);
  return [...paths]
    .map((path) => ({ path, before: old.get(path), after: now.get(path) }))
    .filter((difference) => !isDeepStrictEqual(difference.before, difference.after));
}

/** What may differ between a container and its successor, and why. Everything else must not. */
const mayDiffer: readonly (readonly [RegExp, why: string, when?: (difference: Compared) => boolean])[] = [
  [/^NetworkSettings\.Networks\..+\.DNSNames\.\d+$/, 'newer engines list the short id here as well'],
  [/^ImageManifestDescriptor\./, 'it tells of the new image'],
  [/^ExecIDs(\.\d+)?$/, 'a health check may be under way in either'],
  [/^(Id|Created|Image|SizeR\w+)$/, 'it is another container, made now from another image'],
  [/^(ResolvConfPath|HostnamePath|HostsPath|LogPath)$/, 'these files lie in a folder named by its id'],
  [/^State\./, 'it started at another time, as another process'],
  [/^GraphDriver\./, 'its layers are its own'],
  [/^NetworkSettings\.(SandboxID|SandboxKey|EndpointID)$/, 'its network sandbox is its own'],
  [/^NetworkSettings\.Networks\..+\.EndpointID$/, 'its endpoints are its own'],
  [
    /^NetworkSettings\.Networks\..+\.Aliases$/,
    'the short id among them is its own',
    ({ was, is }) => sameAliases(was, is),
  ],
  [/\.NetworkID$/, 'it was never started', ({ is }) => is.State.Status === 'created'],
  [
    /^HostConfig\.RestartPolicy\.Name$/,
    'no policy has two names',
    ({ before, after }) => before === '' && after === 'no',
  ],
  [
    /^NetworkSettings\.(Networks\..+\.)?(IPAddress|GlobalIPv6Address|MacAddress)$/,
    'an address that nobody asked for',
    ({ was, before }) => !isAskedFor(was, before),
  ],
  [/^NetworkSettings\.Ports\./, 'ports that the engine chooses', ({ was }) => was.HostConfig.PublishAllPorts === true],
  [/^Config\.Hostname$/, 'it is made of the id', ({ was, before }) => before === was.Id.slice(0, 12)],
  [/^Config\.(Labels\.org\.opencontainers\.image\.version|Env\.VERSION)$/, 'it comes from the new image'],
  [
    /^HostConfig\.(Binds(\.\d+)?|Mounts\.\d+\.Source)$/,
    'an unnamed volume is attached by its name; Mounts shows it is the same',
    ({ before, after }) => !before && (after === undefined || /^[0-9a-f]{64}(:|$)/.test(String(after))),
  ],
  [/^Mounts\..+\.Mode$/, 'the engine’s default for a volume attached by its name', ({ before }) => before === ''],
];

interface Compared extends Difference {
  readonly was: ContainerDetails;
  readonly is: ContainerDetails;
}

/** The differences that nothing explains. */
export function unexplained(was: ContainerDetails, is: ContainerDetails): readonly Difference[] {
  return differences(was, is).filter((difference) => {
    const compared = { ...difference, was, is };
    return !mayDiffer.some(([may, , when = () => true]) => may.test(difference.path) && when(compared));
  });
}

function sameAliases(was: ContainerDetails, is: ContainerDetails): boolean {
  return isDeepStrictEqual(aliasesOf(was), aliasesOf(is));
}

function aliasesOf({ Id, NetworkSettings }: ContainerDetails): object {
  const networks = Object.entries(NetworkSettings.Networks ?? {}).map(([name, { Aliases }]) => {
    return [name, (Aliases ?? []).filter((alias) => alias !== Id.slice(0, 12)).toSorted()];
  });
  return Object.fromEntries(networks);
}

/** Whether somebody asked for what stood there. */
function isAskedFor({ Config, NetworkSettings }: ContainerDetails, address: unknown): boolean {
  const endpoints = Object.values(NetworkSettings.Networks ?? {});
  const asked = endpoints.flatMap(({ IPAMConfig }) => [IPAMConfig?.IPv4Address, IPAMConfig?.IPv6Address]);
  return Boolean(address) && [...asked, Config.MacAddress].includes(address as string);
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
