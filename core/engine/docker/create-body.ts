import type { HostConfig } from '../port.ts';

interface Limit {
  readonly Name: string;
}

/** What an inspect has shown as a create takes it: Podman shows `RLIMIT_NOFILE` for what it wants to hear as `nofile`. */
export function creatable(hostConfig: HostConfig): HostConfig {
  const limits = hostConfig.Ulimits as readonly Limit[] | null | undefined;
  if (!limits?.some(({ Name }) => Name.startsWith(shown))) return hostConfig;
  const Ulimits = limits.map((limit) => ({ ...limit, Name: limit.Name.replace(shown, '').toLowerCase() }));
  return { ...hostConfig, Ulimits };
}

const shown = 'RLIMIT_';
