import fc from 'fast-check';
import type { Json } from '../../core/engine/port.ts';
import { idle } from './scene.ts';

/** What containers of a scene may be attached to. */
export interface Surroundings {
  /** Networks of both families; the subnet’s first three numbers, and its IPv6 prefix. */
  readonly networks: readonly { readonly name: string; readonly four: string; readonly six: string }[];
  readonly volumes: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/** A container to create, and the further networks to connect before its start. */
export interface Drawn {
  readonly create: Json;
  readonly connect: readonly { readonly name: string; readonly endpoint: Json }[];
}

const second = 1e9;
const flag = fc.boolean();
const some = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined, freq: 2 });
const oneOf = <Value>(...values: readonly Value[]) => some(fc.constantFrom(...values));
/** A check of health costs a process each time, and an update has to wait for the first. */
const seldom = <Value>(value: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });
/** Not every machine can start a container with it. */
const rarely = <Value>(value: Value) => fc.nat({ max: 50 }).map((drawn) => (drawn === 25 ? value : undefined));
const several = <Value>(...values: readonly Value[]) => some(fc.subarray([...values]));
const entries = <Value>(all: Readonly<Record<string, Value>>) =>
  some(fc.subarray(Object.entries(all)).map((chosen) => Object.fromEntries(chosen)));

const config = {
  Hostname: oneOf('box', 'other-box'),
  Domainname: oneOf('example.org'),
  User: oneOf('1000:1000', '1000', 'root'),
  WorkingDir: oneOf('/tmp', '/'),
  StopSignal: oneOf('SIGINT', 'SIGTERM', 'SIGKILL'),
  StopTimeout: oneOf(1, 3),
  Tty: some(flag),
  OpenStdin: some(flag),
  StdinOnce: some(flag),
  AttachStdin: some(flag),
  AttachStdout: some(flag),
  AttachStderr: some(flag),
  Shell: oneOf(['/bin/sh', '-c']),
  Env: several('TZ=Europe/Berlin', 'MODE=mine', 'VERSION=own', 'EMPTY=', 'WITH=a=b c', 'BARE'),
  Labels: entries({ team: 'web', 'with space': 'a b', empty: '', 'com.docker.compose.config-hash': 'abc' }),
  ExposedPorts: entries({ '9000/tcp': {}, '80/tcp': {}, '53/udp': {} }),
  Volumes: entries({ '/srv/anonymous': {}, '/srv/second': {} }),
};

const healthcheck = {
  Test: fc.constantFrom(['CMD', 'true'], ['CMD-SHELL', 'true']),
  Interval: fc.constantFrom(second, 2 * second),
  Timeout: oneOf(5 * second),
  Retries: oneOf(2, 4),
  StartPeriod: oneOf(second, 2 * second),
};

const host = {
  Memory: oneOf(64 << 20, 96 << 20),
  MemoryReservation: oneOf(32 << 20),
  MemorySwappiness: oneOf(0, 10),
  OomKillDisable: some(flag),
  OomScoreAdj: oneOf(100, 200, 300),
  CpuShares: oneOf(256, 512),
  CpusetCpus: oneOf('0', '0,1'),
  CpusetMems: oneOf('0'),
  PidsLimit: oneOf(64, 128),
  ShmSize: oneOf(8 << 20, 16 << 20),
  Init: some(flag),
  ReadonlyRootfs: some(flag),
  Privileged: rarely(true),
  DeviceRequests: rarely([{ Driver: 'nvidia', Count: -1, Capabilities: [['gpu']] }]),
  PublishAllPorts: some(flag),
  IpcMode: oneOf('shareable', 'private', 'host', 'none'),
  PidMode: oneOf('host', ''),
  UTSMode: oneOf('host', '', ''),
  CgroupnsMode: oneOf('host', 'private'),
  CgroupParent: oneOf('/belfry-drawn'),
  Runtime: oneOf('runc'),
  VolumeDriver: oneOf('local'),
  ConsoleSize: oneOf([24, 80]),
  Ulimits: several({ Name: 'nofile', Soft: 512, Hard: 1024 }, { Name: 'core', Soft: 0, Hard: 0 }),
  CapAdd: several('NET_ADMIN', 'SYS_NICE'),
  CapDrop: several('MKNOD', 'AUDIT_WRITE'),
  GroupAdd: several('10', '20'),
  SecurityOpt: several('no-new-privileges', 'seccomp=unconfined'),
  Devices: several(
    { PathOnHost: '/dev/null', PathInContainer: '/dev/void', CgroupPermissions: 'rw' },
    { PathOnHost: '/dev/zero', PathInContainer: '/dev/nought', CgroupPermissions: 'r' },
  ),
  DeviceCgroupRules: several('c 1:3 mr', 'c 1:5 r'),
  Dns: several('127.0.0.53', '127.0.0.54'),
  DnsSearch: several('example.org', 'example.com'),
  DnsOptions: several('ndots:2', 'timeout:1'),
  ExtraHosts: several('gateway.example.org:10.0.0.1', 'six.example.org:fd00::1'),
  Sysctls: entries({ 'net.ipv4.ip_unprivileged_port_start': '0', 'net.core.somaxconn': '256' }),
  MaskedPaths: several('/proc/kcore', '/proc/keys'),
  ReadonlyPaths: several('/proc/sys', '/proc/bus'),
  Tmpfs: entries({ '/srv/scratch': 'size=1m,mode=1777', '/srv/bare': '' }),
  LogConfig: oneOf(
    { Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '2', tag: '{{.Name}}' } },
    { Type: 'local', Config: {} },
    { Type: 'json-file', Config: {} },
  ),
  RestartPolicy: oneOf(
    { Name: '', MaximumRetryCount: 0 },
    { Name: 'always', MaximumRetryCount: 0 },
    { Name: 'unless-stopped', MaximumRetryCount: 0 },
    { Name: 'on-failure', MaximumRetryCount: 3 },
  ),
};

const cpu = fc.constantFrom<Json>({}, { NanoCpus: 500_000_000 }, { CpuPeriod: 50_000, CpuQuota: 25_000 });
const swap = fc.constantFrom(undefined, 128 << 20, -1);

const commands = fc.constantFrom<Json>(
  {},
  { Cmd: [`${idle} # own`] },
  { Entrypoint: ['/bin/sh', '-c', idle] },
  { Entrypoint: ['/bin/sh', '-c'], Cmd: [idle] },
  { Entrypoint: [''], Cmd: ['/bin/sh', '-c', idle] },
);

/** Settings that are drawn one by one; further ones are drawn together, as they depend on each other. */
export const drawnFields: readonly string[] = [
  ...[...Object.keys(config), ...Object.keys(healthcheck).map((term) => `Healthcheck.${term}`), ...Object.keys(host)],
  ...['Entrypoint', 'Cmd', 'MacAddress', 'NanoCpus', 'CpuPeriod', 'CpuQuota', 'MemorySwap', 'PortBindings', 'Binds'],
  ...['Mounts', 'NetworkMode', 'Aliases', 'IPv4Address', 'IPv6Address', 'DriverOpts', 'further networks'],
];

/** A container that an engine takes, and can start where the machine allows all it asks for; `nth` keeps the ports and addresses of many apart. */
export function drawn(around: Surroundings): (nth: number) => fc.Arbitrary<Drawn> {
  return (nth) =>
    fc
      .record({
        own: fc.record(config),
        health: seldom(fc.record(healthcheck)),
        limits: fc.record(host),
        ...{ cpu, swap, commands },
        attached: fc.shuffledSubarray([...around.networks], { minLength: 0 }),
        mode: fc.constantFrom('networks', 'networks', 'networks', 'default', 'host', 'none'),
        aliases: several('www', 'api', 'inner'),
        hasAddress: flag,
        hasMac: flag,
        options: some(fc.constant({ 'com.example.option': 'x' })),
        binds: fc.subarray(['/usr:/srv/bind:ro', `${around.volumes[0]}:/srv/named:nocopy`, '/usr:/srv/twice']),
        mounts: fc.subarray<Json>([
          { Type: 'volume', Target: '/srv/unnamed', VolumeOptions: { Labels: around.labels } },
          { Type: 'volume', Source: around.volumes[1] ?? '', Target: '/srv/other', ReadOnly: true },
          { Type: 'bind', Source: '/usr', Target: '/srv/mounted', BindOptions: { Propagation: 'private' } },
          { Type: 'tmpfs', Target: '/srv/memory', TmpfsOptions: { SizeBytes: 1 << 20, Mode: 0o1770 } },
        ]),
        port: fc.constantFrom(undefined, 31_000 + nth),
      })
      .map((choice) => assemble(choice, around, nth));
}

interface Choice {
  readonly own: Json;
  readonly health: Json | undefined;
  readonly limits: Json;
  readonly cpu: Json;
  readonly swap: number | undefined;
  readonly commands: Json;
  readonly attached: Surroundings['networks'];
  readonly mode: string;
  readonly aliases: readonly string[] | undefined;
  readonly hasAddress: boolean;
  readonly hasMac: boolean;
  readonly options: Json | undefined;
  readonly binds: readonly string[];
  readonly mounts: readonly Json[];
  readonly port: number | undefined;
}

/** Leaves out what an engine refuses together. */
function assemble(choice: Choice, { labels }: Surroundings, nth: number): Drawn {
  const { own, health, limits, swap, commands, mode, attached, binds, mounts, port } = choice;
  const [first, ...others] = mode === 'networks' ? attached : [];
  const NetworkMode = first?.name ?? (mode === 'networks' ? 'default' : mode);
  const isHosts = NetworkMode === 'host';
  const alone = isHosts || NetworkMode === 'none';
  const unnamed = isHosts || limits.UTSMode === 'host' ? { Hostname: undefined, Domainname: undefined } : {};
  const hasMemory = typeof limits.Memory === 'number';
  const endpoint = (network: Surroundings['networks'][number]): Json => ({
    Aliases: choice.aliases,
    DriverOpts: choice.options,
    IPAMConfig: choice.hasAddress
      ? { IPv4Address: `${network.four}.${100 + nth}`, IPv6Address: `${network.six}::${100 + nth}` }
      : undefined,
  });
  const HostConfig = {
    ...limits,
    ...choice.cpu,
    NetworkMode,
    ...(hasMemory ? { MemorySwap: swap } : { OomKillDisable: undefined }),
    ...(isHosts ? { Sysctls: undefined, UTSMode: undefined } : {}),
    ...(binds.length > 0 ? { Binds: binds } : {}),
    ...(mounts.length > 0 ? { Mounts: mounts } : {}),
    ...(port === undefined || alone
      ? {}
      : { PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: `${port}` }] } }),
  };
  const MacAddress = choice.hasMac && !alone ? `02:42:0a:0a:00:${(16 + nth).toString(16).slice(-2)}` : undefined;
  const Networking = first === undefined ? {} : { EndpointsConfig: { [first.name]: endpoint(first) } };
  return {
    create: {
      ...{ ...own, ...unnamed, ...commands, MacAddress, HostConfig, NetworkingConfig: Networking },
      ...{ Healthcheck: health, Labels: { ...(own.Labels as Json | undefined), ...labels } },
    },
    connect: others.map((network) => ({ name: network.name, endpoint: endpoint(network) })),
  };
}
