import type { ContainerDetails, MountPoint } from '../../../core/engine/port.ts';

type Damage = (details: ContainerDetails) => ContainerDetails;

const config = {
  Hostname: ['web', 'other'],
  Domainname: ['example.org', 'example.com'],
  MacAddress: ['02:00:00:00:00:01', '02:00:00:00:00:02'],
  User: ['1000', '0'],
  WorkingDir: ['/app', '/'],
  StopSignal: ['SIGQUIT', 'SIGTERM'],
  StopTimeout: [30, 10],
  Tty: [true, 1],
  OpenStdin: [true, 1],
  FromTheFuture: ['x', 'y'],
} as const;

const host = {
  Memory: [1024, 2048],
  NanoCpus: [5e8, 1e9],
  Privileged: [true, 1],
  CapAdd: [['NET_ADMIN'], ['ALL']],
  Dns: [['1.1.1.1'], ['9.9.9.9']],
  ExtraHosts: [['db:10.0.0.1'], ['db:10.0.0.2']],
  Ulimits: [[{ Name: 'nofile', Soft: 1, Hard: 2 }], [{ Name: 'nofile', Soft: 1, Hard: 3 }]],
  DeviceRequests: [[{ Driver: 'nvidia', Count: -1 }], [{ Driver: 'nvidia', Count: 1 }]],
  Devices: [[{ PathOnHost: '/dev/dri', CgroupPermissions: 'rw' }], [{ PathOnHost: '/dev/dri' }]],
  Runtime: ['nvidia', 'runc'],
  ShmSize: [1, 2],
  Tmpfs: [{ '/run': '' }, { '/run': 'size=1m' }],
  Sysctls: [{ 'net.core.somaxconn': '1' }, { 'net.core.somaxconn': '2' }],
  LogConfig: [
    { Type: 'local', Config: { 'max-size': '1m' } },
    { Type: 'local', Config: {} },
  ],
  RestartPolicy: [
    { Name: 'always', MaximumRetryCount: 0 },
    { Name: 'on-failure', MaximumRetryCount: 3 },
  ],
  PortBindings: [{ '80/tcp': [{ HostPort: '80' }] }, { '80/tcp': [{ HostPort: '81' }] }],
  Links: [['/db:/web/db'], ['/db:/web/sql']],
  FromTheFuture: [{ deep: [1] }, { deep: [2] }],
} as const;

const volume = { Type: 'volume', Name: 'data', Source: '/v/data', Destination: '/data', RW: true, Propagation: '' };
const bind = { Type: 'bind', Source: '/srv', Destination: '/srv', RW: false, Propagation: 'rprivate' };
const mount = { Type: 'volume', Source: 'data', Target: '/data', VolumeOptions: { Subpath: 'a' } };
const lan = {
  IPAMConfig: { IPv4Address: '10.7.0.9' },
  Links: ['db:sql'],
  Aliases: ['web'],
  DriverOpts: { a: '1' },
  GwPriority: 1,
};

/** A container in which every setting that there is says something. */
export function containerDetails(): ContainerDetails {
  return structuredClone({
    Id: 'c'.repeat(64),
    Name: '/web',
    Image: 'sha256:old',
    RestartCount: 0,
    State: { Status: 'running', Running: true, Paused: false, Restarting: false, ExitCode: 0 },
    Config: {
      Image: 'web:1',
      ...firsts(config),
      Entrypoint: ['/entry'],
      Cmd: ['serve'],
      Env: ['TZ=UTC'],
      Labels: { role: 'web' },
      Volumes: { '/data': {} },
      ExposedPorts: { '80/tcp': {} },
      Healthcheck: { Test: ['CMD', 'a'], Interval: 1 },
    },
    HostConfig: { NetworkMode: 'lan', ...firsts(host), Mounts: [mount] },
    NetworkSettings: { Networks: { lan, wan: {} } },
    Mounts: [volume, bind],
  });
}

/** Each setting by its path: what a container without it looks like, and one where it says something else. */
export const everySetting: ReadonlyMap<string, { readonly drop: Damage; readonly change: Damage }> = new Map([
  ...Object.entries(config).map(([field, [, other]]) => both(`Config.${field}`, ['Config', field], other)),
  ...Object.entries(host).map(([field, [, other]]) => both(`HostConfig.${field}`, ['HostConfig', field], other)),
  both('HostConfig.NetworkMode', ['HostConfig', 'NetworkMode'], 'wan'),
  both('HostConfig.Mounts./data', ['HostConfig', 'Mounts'], [{ ...mount, VolumeOptions: { Subpath: 'b' } }]),
  both('Config.Entrypoint', ['Config', 'Entrypoint'], ['/entry', ''], null),
  both('Config.Cmd', ['Config', 'Cmd'], ['serve '], []),
  both('Config.Env.TZ', ['Config', 'Env'], ['TZ='], []),
  both('Config.Labels.role', ['Config', 'Labels'], { role: '' }, null),
  both('Config.Volumes./data', ['Config', 'Volumes'], { '/data': { new: 1 } }, {}),
  both('Config.ExposedPorts.80/tcp', ['Config', 'ExposedPorts'], { '80/tcp': { new: 1 } }),
  both('Config.Healthcheck.Test', ['Config', 'Healthcheck', 'Test'], ['NONE'], null),
  both('Config.Healthcheck.Interval', ['Config', 'Healthcheck', 'Interval'], 2, 0),
  both('Mounts./data', ['Mounts'], at('/data', { ...volume, Name: 'e'.repeat(64) }), at('/data')),
  both('Mounts./srv', ['Mounts'], at('/srv', { ...bind, RW: true }), at('/srv')),
  both('Networks.lan', ['NetworkSettings', 'Networks', 'lan'], { ...lan, IPAMConfig: null }),
  both('Networks.wan', ['NetworkSettings', 'Networks', 'wan'], { Aliases: ['web'] }),
]);

function both(path: string, steps: readonly string[], other: unknown, nothing?: unknown) {
  return [path, { drop: set(steps, nothing), change: set(steps, other) }] as const;
}

/** The same details with another value at one place; `undefined` takes it away. */
function set([step = '', ...rest]: readonly string[], value: unknown): Damage {
  return (details) => {
    const { [step]: inner, ...others } = details as { readonly [field: string]: unknown };
    const here = () => (typeof value === 'function' ? value(inner) : value);
    const changed = rest.length === 0 ? here() : set(rest, value)(inner as ContainerDetails);
    return { ...others, ...(changed === undefined ? {} : { [step]: changed }) } as unknown as ContainerDetails;
  };
}

/** The mounts with another one, or none, at a destination. */
function at(destination: string, ...others: readonly MountPoint[]) {
  return (mounts: readonly MountPoint[]) => [...mounts.filter((one) => one.Destination !== destination), ...others];
}

function firsts<Field extends string>(table: Readonly<Record<Field, readonly [unknown, unknown]>>): object {
  return Object.fromEntries(
    Object.entries<readonly [unknown, unknown]>(table).map(([field, [first]]) => [field, first]),
  );
}
