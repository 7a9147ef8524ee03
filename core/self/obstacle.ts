import { readFileSync } from 'node:fs';
import { isContainerMode } from '../cycle/settings/endpoint.ts';
import type { ContainerDetails } from '../engine/port.ts';

export interface Surroundings {
  readonly own: ContainerDetails;
  /** The address of the engine, as it was given. */
  readonly engineHost: string;
  /** The folder of the journal; undefined where there is none. */
  readonly stateFolder: string | undefined;
  /** Whether the container ends with this process. */
  readonly isMainProcess: boolean;
}

/** Why Belfry cannot have its own container replaced; undefined where it can. The reason follows a colon. */
export function obstacleTo({ own, engineHost, stateFolder, isMainProcess }: Surroundings): string | undefined {
  const { HostConfig: host } = own;
  if (!isMainProcess) return 'Belfry runs in it beside another process that it was made for';
  if (host.AutoRemove) return 'Belfry runs in it, and the engine removes it as it stops (--rm)';
  if (isContainerMode(host.NetworkMode)) return 'Belfry runs in it, and it uses the network of another container';
  if (stateFolder !== undefined && !isMounted(own, stateFolder)) {
    return `Belfry runs in it, and ${stateFolder} would be lost with it: mount a volume there`;
  }
  if (!reachesEngine(own, engineHost)) return `Belfry runs in it, and no other container reaches ${engineHost}`;
  return undefined;
}

/** A helper has the same mounts and networks, but nothing of what runs beside Belfry in its container. */
function reachesEngine(own: ContainerDetails, engineHost: string): boolean {
  if (engineHost.startsWith('unix://')) return isMounted(own, engineHost.slice('unix://'.length));
  const address = engineHost.replace(/^\w+:\/\//, '');
  const isLoopback = /^(localhost|127\.|\[::1\])/.test(address);
  return !isLoopback || own.HostConfig.NetworkMode === 'host';
}

function isMounted({ Mounts }: ContainerDetails, path: string): boolean {
  const above = (Mounts ?? []).filter(
    ({ Destination: at }) => path === at || path.startsWith(`${at.replace(/\/$/, '')}/`),
  );
  const nearest = above.toSorted((a, b) => b.Destination.length - a.Destination.length)[0];
  return nearest !== undefined && nearest.Type !== 'tmpfs';
}

/** Whether this process is the container's own, or all that its first process was started with. */
export function isMainProcess(): boolean {
  try {
    const command = (process: string) => readFileSync(`/proc/${process}/cmdline`, 'utf8');
    return `\0${command('1')}`.endsWith(`\0${command('self')}`);
  } catch {
    return false;
  }
}
