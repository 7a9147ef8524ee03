/** What becomes of a setting on its way into the new container. */
export type Carried =
  | 'as it is'
  /** Left to the new image where it is the old image's own, as a whole. */
  | 'unless the image’s'
  /** The same, for each variable, key or term of its own. */
  | 'entry by entry'
  /** Entrypoint and Cmd, which the engine fills in together. */
  | 'as a command'
  /** Written anew, as `why` tells. */
  | 'by rule'
  /** The engine makes it for each container. */
  | 'not';

/** The form in which the settings proof compares it. */
export type Compared =
  | 'as it is'
  | 'variable by variable'
  | 'key by key'
  | 'term by term'
  /** Emptiness is a choice too: it keeps the image's away. */
  | 'as a list'
  | 'unless given by the engine'
  | 'as a network mode'
  | 'as links'
  | 'as a policy'
  | 'as devices'
  | 'as logging'
  | 'as aliases'
  | 'as an address'
  | 'as a MAC'
  /** By what is mounted where. */
  | 'as mounts'
  | 'not';

/** Where a setting stands in what `inspect` answers. */
export type Place = 'Config' | 'HostConfig' | 'Networks';

export interface Field {
  readonly in: Place;
  /** Dots lead into what it holds: `Mounts.VolumeOptions.Subpath`. */
  readonly names: readonly string[];
  readonly carried: Carried;
  readonly compared: Compared;
  /** The oldest API version that can state it, where that is newer than the oldest one Belfry speaks. */
  readonly since?: string;
  /** What the engine says of itself in `/info` where it cannot do this. */
  readonly needs?: string;
  readonly why: string;
}

/**
 * What Belfry knows of every setting of a container. A setting that is not here is carried and compared as it is in
 * Config and HostConfig, and left behind in an endpoint, which engines fill with what they made up.
 */
export const fields: readonly Field[] = [
  ...config('entry by entry', 'variable by variable', {
    Env: 'a variable is yours where the old image does not say the very same',
  }),
  ...config('entry by entry', 'key by key', {
    Labels: 'the same for a label; `com.docker.compose.image` names the new image, as Compose compares it',
    Volumes: 'the same; what is attached there is attached again',
    ExposedPorts: 'the same; what is published stays exposed, else the engine would publish nothing',
  }),
  ...config('entry by entry', 'term by term', { Healthcheck: 'the engine fills it in term by term' }),
  ...config('as a command', 'as a list', {
    'Entrypoint, Cmd': 'lists, never one text; an own entrypoint keeps its command, and no command at all is kept too',
  }),
  ...config('unless the image’s', 'as it is', {
    'User, WorkingDir, StopSignal, Shell, OnBuild': 'yours where it is not what the old image says',
  }),
  ...config('by rule', 'unless given by the engine', {
    'Hostname, Domainname': 'kept, unless the engine made it of the id, or the network or UTS mode forbids it',
  }),
  ...config('by rule', 'not', {
    Image: 'the human reference, whose tag points at the new image before the container is made',
  }),
  ...config('by rule', 'as a MAC', {
    MacAddress: 'a configured one; from API 1.44 on it is stated with the container’s own network instead',
  }),
  ...config('as it is', 'as it is', {
    'Tty, OpenStdin, StdinOnce, AttachStdin, AttachStdout, AttachStderr': 'how the process is spoken to',
    'StopTimeout, NetworkDisabled, ArgsEscaped': 'yours alone: no image states it',
  }),
  since('1.44', { in: 'Config', names: ['Healthcheck.StartInterval'], why: 'older versions do not know the term' }),

  ...host('as it is', 'as a network mode', {
    NetworkMode: 'newer engines write `bridge` for `default`',
  }),
  ...host('by rule', 'as mounts', {
    Binds: 'as they are; unnamed volumes are added by the name the engine gave them, so that their data goes along',
    Mounts: 'as they are, with the name of the volume where none was asked for',
  }),
  ...host('by rule', 'as links', { Links: 'told as `/db:/web/alias`, taken as `db:alias`' }),
  ...host('by rule', 'as devices', { Devices: 'Podman leaves the permissions empty and refuses them empty: `rwm`' }),
  ...host('by rule', 'as a policy', { RestartPolicy: 'no policy at all is written `no`' }),
  ...host('as it is', 'as logging', { LogConfig: 'no options and none are the same' }),
  ...host('as it is', 'as it is', {
    'PortBindings, PublishAllPorts': 'published ports',
    'Dns, DnsOptions, DnsSearch, ExtraHosts': 'name resolution',
    'VolumesFrom, VolumeDriver, Tmpfs, ShmSize, StorageOpt': 'storage',
    'PidMode, IpcMode, UTSMode, UsernsMode, CgroupnsMode, Isolation': 'namespaces',
    'Privileged, CapAdd, CapDrop, SecurityOpt, GroupAdd, MaskedPaths, ReadonlyPaths, ReadonlyRootfs': 'rights',
    'DeviceRequests, DeviceCgroupRules, Runtime': 'GPUs and other devices, and what runs the container',
    'Sysctls, Ulimits, Init, CgroupParent, Cgroup, OomScoreAdj': 'the process and its kernel',
    'AutoRemove, ConsoleSize, ContainerIDFile': 'how it was started',
    'BlkioWeight, BlkioWeightDevice, BlkioDeviceReadBps, BlkioDeviceWriteBps': 'limits of disks',
    'BlkioDeviceReadIOps, BlkioDeviceWriteIOps': 'limits of disks',
    'CpuCount, CpuPercent, IOMaximumIOps, IOMaximumBandwidth': 'limits of Windows',
  }),
  ...limits({
    MemoryLimit: 'Memory, MemoryReservation',
    SwapLimit: 'MemorySwap',
    Swappiness: 'MemorySwappiness',
    KernelMemory: 'KernelMemory',
    KernelMemoryTCP: 'KernelMemoryTCP',
    OomKillDisable: 'OomKillDisable',
    CPUShares: 'CpuShares',
    CpuCfsPeriod: 'CpuPeriod',
    CpuCfsQuota: 'CpuQuota, NanoCpus',
    CpuRealtime: 'CpuRealtimePeriod, CpuRealtimeRuntime',
    CPUSet: 'CpusetCpus, CpusetMems',
    PidsLimit: 'PidsLimit',
  }),
  since('1.43', { in: 'HostConfig', names: ['Annotations'], why: 'older versions drop it in silence' }),
  since('1.44', {
    in: 'HostConfig',
    names: ['Mounts.BindOptions.ReadOnlyNonRecursive', 'Mounts.BindOptions.ReadOnlyForceRecursive'],
    why: 'older versions drop it in silence',
  }),
  since('1.45', { in: 'HostConfig', names: ['Mounts.VolumeOptions.Subpath'], why: 'older versions refuse it' }),
  since('1.46', { in: 'HostConfig', names: ['Mounts.TmpfsOptions.Options'], why: 'older versions refuse it' }),
  since('1.48', { in: 'HostConfig', names: ['Mounts.ImageOptions'], why: 'older versions refuse it' }),

  ...networks('as it is', 'as an address', { IPAMConfig: 'static addresses, of both families' }),
  ...networks('as it is', 'as it is', { DriverOpts: 'what the driver of the network was told' }),
  ...networks('by rule', 'as links', { Links: 'written as for the whole container' }),
  ...networks('by rule', 'as aliases', { Aliases: 'without the container’s own short id, which the engine adds' }),
  {
    ...{ in: 'Networks', names: ['MacAddress'], carried: 'by rule', compared: 'as a MAC', since: '1.44' },
    why: 'configured ones; what the engine made of the address, or made up for the container’s own network, stays behind',
  },
  since('1.48', { in: 'Networks', names: ['GwPriority'], why: 'which network holds the default gateway' }),
  ...networks('not', 'not', {
    'NetworkID, EndpointID, DNSNames, Gateway, IPAddress, IPPrefixLen': 'the engine makes them at each start',
    'IPv6Gateway, GlobalIPv6Address, GlobalIPv6PrefixLen': 'the engine makes them at each start',
  }),
];

const byPath = new Map(fields.flatMap((field) => field.names.map((name) => [`${field.in}.${name}`, field] as const)));

/** What is known of a setting; undefined for one that Belfry has never heard of. */
export function fieldAt(place: Place, name: string): Field | undefined {
  return byPath.get(`${place}.${name}`);
}

type Group = Readonly<Record<string, string>>;

function config(carried: Carried, compared: Compared, group: Group): readonly Field[] {
  return rows('Config', carried, compared, group);
}

function host(carried: Carried, compared: Compared, group: Group): readonly Field[] {
  return rows('HostConfig', carried, compared, group);
}

function networks(carried: Carried, compared: Compared, group: Group): readonly Field[] {
  return rows('Networks', carried, compared, group);
}

function rows(place: Place, carried: Carried, compared: Compared, group: Group): readonly Field[] {
  return Object.entries(group).map(([names, why]) => ({ in: place, names: names.split(', '), carried, compared, why }));
}

function limits(group: Group): readonly Field[] {
  const why = 'kept; left out, and said so, where the engine reports that it cannot do it';
  return Object.entries(group).map(([needs, names]) => ({
    ...{ in: 'HostConfig', names: names.split(', '), carried: 'as it is', compared: 'as it is', needs, why },
  }));
}

function since(version: string, field: Pick<Field, 'in' | 'names' | 'why'>): Field {
  return { ...field, carried: 'as it is', compared: 'as it is', since: version };
}
