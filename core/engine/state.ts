import type { HealthcheckTerms, PublishedPort, WorkloadAddress, WorkloadState } from '../plugin.ts';
import type { ContainerDetails, Endpoint, Healthcheck } from './port.ts';

const nanosecondsPerMillisecond = 1e6;

/** What plugins are told of a container. */
export function workloadState({
  State: state,
  RestartCount,
  Config,
  NetworkSettings,
}: ContainerDetails): WorkloadState {
  const health = state.Health?.Status;
  return {
    status: state.Status,
    running: state.Running,
    restarting: state.Restarting,
    exitCode: state.ExitCode,
    restarts: RestartCount,
    startedAt: state.StartedAt?.startsWith('0001-') ? null : (state.StartedAt ?? null),
    health: health === 'starting' || health === 'healthy' || health === 'unhealthy' ? health : 'none',
    healthOutput: state.Health?.Log?.at(-1)?.Output?.trim() ?? null,
    healthcheck: healthcheckTerms(Config.Healthcheck),
    addresses: addressesOf(NetworkSettings.Networks ?? {}),
    publishedPorts: publishedPorts(NetworkSettings.Ports ?? {}),
  };
}

function addressesOf(networks: Readonly<Record<string, Endpoint>>): readonly WorkloadAddress[] {
  return Object.keys(networks)
    .toSorted()
    .flatMap((network) => {
      const { IPAddress = '', GlobalIPv6Address = '' } = networks[network] ?? {};
      return [IPAddress, GlobalIPv6Address]
        .filter((address) => address !== '')
        .map((address) => ({ network, address }));
    });
}

/** The engine lists them as `{"80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8080"}]}`, unpublished ones as null. */
export function publishedPorts(ports: Readonly<Record<string, unknown>>): readonly PublishedPort[] {
  return Object.entries(ports).flatMap(([name, bindings]) => {
    const [port, protocol = 'tcp'] = name.split('/');
    const given = (bindings ?? []) as readonly { readonly HostIp?: string; readonly HostPort?: string }[];
    return given.map(({ HostIp = '', HostPort }) => ({
      port: Number(port),
      protocol,
      hostAddress: HostIp,
      hostPort: Number(HostPort),
    }));
  });
}

/** How long a health check may take to come to a verdict, in milliseconds; 0 where there is none. */
export function longestVerdict(healthcheck: Healthcheck | null | undefined): number {
  const terms = healthcheckTerms(healthcheck);
  return terms === null ? 0 : terms.startPeriod + (terms.retries + 1) * (terms.interval + terms.timeout);
}

/** The terms of a health check with the engine's defaults filled in; null where there is none. */
export function healthcheckTerms(healthcheck: Healthcheck | null | undefined): HealthcheckTerms | null {
  const test = healthcheck?.Test ?? [];
  if (healthcheck === null || healthcheck === undefined || test.length === 0 || test[0] === 'NONE') return null;
  const milliseconds = (nanoseconds: number | undefined, otherwise: number) =>
    nanoseconds ? nanoseconds / nanosecondsPerMillisecond : otherwise;
  return {
    startPeriod: milliseconds(healthcheck.StartPeriod, 0),
    interval: milliseconds(healthcheck.Interval, 30_000),
    timeout: milliseconds(healthcheck.Timeout, 30_000),
    retries: healthcheck.Retries || 3,
  };
}
