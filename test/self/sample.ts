import type { ContainerDetails, HostConfig, MountPoint } from '../../core/engine/port.ts';

/** A container as the engine shows it, with Belfry's state and the engine's socket mounted. */
export function ownDetails(
  given: {
    readonly host?: HostConfig;
    readonly mounts?: readonly MountPoint[];
    readonly config?: Partial<ContainerDetails['Config']>;
    readonly networks?: ContainerDetails['NetworkSettings']['Networks'];
  } = {},
): ContainerDetails {
  const Mounts = given.mounts ?? [
    { Type: 'volume', Name: 'belfry-state', Destination: '/var/lib/belfry' },
    { Type: 'bind', Source: '/var/run/docker.sock', Destination: '/var/run/docker.sock' },
  ];
  return {
    Id: 'ab12'.repeat(16),
    Name: '/belfry',
    Image: `sha256:${'1'.repeat(64)}`,
    RestartCount: 0,
    State: { Status: 'running', Running: true, Paused: false, Restarting: false, ExitCode: 0 },
    Config: { Image: 'registry.example/belfry:1', Cmd: ['watch'], ...given.config },
    HostConfig: { NetworkMode: 'bridge', ...given.host },
    NetworkSettings: { Networks: given.networks ?? { bridge: {} } },
    Mounts,
  };
}
