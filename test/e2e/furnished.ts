import { randomInt } from 'node:crypto';
import type { Json } from '../../core/engine/port.ts';
import { idle, type Scene } from './scene.ts';

const second = 1e9;

/** Version 1 of `web` in a container with nearly everything that can be asked of one; resolves with its name. */
export async function deployFurnished(scene: Scene): Promise<string> {
  const { api, name } = scene;
  const subnet = `10.${randomInt(161, 210)}.${randomInt(256)}`;
  const scoped = { 'belfry.scope': scene.scope };
  for (const [net, range] of [
    ['front', `${subnet}.0/25`],
    ['back', `${subnet}.128/25`],
  ] as const) {
    await api('POST', '/networks/create', {
      ...{ Name: name(net), Labels: scoped, CheckDuplicate: true },
      IPAM: { Config: [{ Subnet: range }] },
    });
  }
  const HostConfig = {
    ...{ NetworkMode: name('front'), RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 } },
    Binds: ['/usr:/srv/bind:ro', `${name('named')}:/srv/named:nocopy`],
    Mounts: [
      { Type: 'volume', Target: '/srv/unnamed', VolumeOptions: { Labels: scoped } },
      { Type: 'volume', Source: name('other'), Target: '/srv/other', ReadOnly: true },
      { Type: 'bind', Source: '/usr', Target: '/srv/mounted', ReadOnly: true, BindOptions: { Propagation: 'private' } },
      { Type: 'tmpfs', Target: '/srv/memory', TmpfsOptions: { SizeBytes: 1 << 20, Mode: 0o1770 } },
    ],
    Tmpfs: { '/srv/scratch': 'size=1m,mode=1777' },
    PortBindings: {
      '80/tcp': [{ HostIp: '127.0.0.1', HostPort: String(randomInt(20_000, 30_000)) }],
      '53/udp': [{ HostIp: '127.0.0.1', HostPort: String(randomInt(20_000, 30_000)) }],
      '81/tcp': [{ HostIp: '127.0.0.1', HostPort: '81' }], // Not exposed, so the engine does not publish it.
    },
    ...{ Memory: 64 << 20, MemoryReservation: 32 << 20, MemorySwap: 128 << 20, MemorySwappiness: 10 },
    ...{ OomScoreAdj: 200, CpuShares: 512, NanoCpus: 500_000_000, CpusetCpus: '0', PidsLimit: 64 },
    Ulimits: [{ Name: 'nofile', Soft: 512, Hard: 1024 }],
    ...{ ShmSize: 8 << 20, Init: true, ReadonlyRootfs: true, IpcMode: 'shareable', CgroupnsMode: 'host' },
    LogConfig: { Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '2', tag: '{{.Name}}' } },
    ...{ CapAdd: ['NET_ADMIN', 'SYS_NICE'], CapDrop: ['MKNOD'], GroupAdd: ['10', '20'] },
    SecurityOpt: ['no-new-privileges', 'seccomp=unconfined'],
    Devices: [{ PathOnHost: '/dev/null', PathInContainer: '/dev/void', CgroupPermissions: 'rw' }],
    DeviceCgroupRules: ['c 1:3 mr'],
    ...{ Dns: ['127.0.0.53'], DnsSearch: ['example.org'], DnsOptions: ['ndots:2'] },
    ExtraHosts: ['gateway.example.org:10.0.0.1'],
    Sysctls: { 'net.ipv4.ip_unprivileged_port_start': '0' },
    ...{ MaskedPaths: ['/proc/kcore'], ReadonlyPaths: ['/proc/sys'] },
  };
  const create = {
    ...{
      Hostname: 'box',
      Domainname: 'example.org',
      User: '1000:1000',
      WorkingDir: '/tmp',
      MacAddress: '02:42:0a:00:00:07',
    },
    ...{ Tty: true, OpenStdin: true, StdinOnce: false, StopSignal: 'SIGINT', StopTimeout: 7 },
    ...{ Entrypoint: ['sh', '-c'], Cmd: [idle] },
    Env: ['TZ=Europe/Berlin', 'MODE=mine'],
    Labels: { ...scoped, team: 'web', 'with space': 'a b' },
    ...{ ExposedPorts: { '9000/tcp': {}, '80/tcp': {} }, Volumes: { '/srv/anonymous': {} } },
    Healthcheck: { Test: ['CMD', 'true'], Interval: second / 2, Timeout: 5 * second, Retries: 4, StartPeriod: second },
    HostConfig,
    NetworkingConfig: {
      EndpointsConfig: { [name('front')]: { IPAMConfig: { IPv4Address: `${subnet}.10` }, Aliases: ['web', 'www'] } },
    },
  };
  const image = { Env: ['VERSION=1', 'MODE=image'], Volumes: { '/declared': {} }, ExposedPorts: { '53/udp': {} } };
  const container = await scene.deploy('web', { create: create as Json, image });
  await api('POST', `/networks/${name('back')}/connect`, {
    Container: container,
    EndpointConfig: { IPAMConfig: { IPv4Address: `${subnet}.200` }, Aliases: ['inner'] },
  });
  return container;
}
