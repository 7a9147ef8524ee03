import { hostname } from 'node:os';
import { existing } from '../cycle/candidate.ts';
import { nameOf } from '../cycle/groups/edges.ts';
import { isContainerMode } from '../cycle/settings/endpoint.ts';
import type { ContainerDetails, Engine, EngineInfo } from '../engine/port.ts';
import { isLoopback, routesTo, type Vantage } from '../engine/routes.ts';
import type { PluginContext } from '../plugin.ts';
import { ownContainerId } from './own-id.ts';

type Looking = Pick<Engine, 'info' | 'inspect'>;

/** What plugins get as `routes`. Where Belfry stands is found out once. */
export function createRoutes(engine: Looking, engineHost: string): PluginContext<unknown>['routes'] {
  let vantage: Promise<Vantage> | undefined;
  return async ({ id }, port) => {
    vantage ??= vantagePoint(engine, engineHost);
    vantage.catch(() => {
      vantage = undefined;
    });
    const container = await engine.inspect(id);
    return routesTo(container, port, { vantage: await vantage, lender: await lenderOf(engine, container) });
  };
}

/** The container whose network another one shares, if it does. */
async function lenderOf(engine: Looking, { HostConfig }: ContainerDetails): Promise<ContainerDetails | undefined> {
  const { NetworkMode: mode = '' } = HostConfig;
  return isContainerMode(mode) ? engine.inspect(mode.slice('container:'.length)) : undefined;
}

/** Finds out where Belfry stands: on the engine's machine, in one of its containers, or elsewhere. */
export async function vantagePoint(
  engine: Looking,
  engineHost: string,
  ownId: string | null = ownContainerId(),
): Promise<Vantage> {
  const own = ownId === null ? null : await existing(engine.inspect(ownId));
  if (own !== null) return inContainer(engine, own);
  const remote = machineOf(engineHost);
  if (ownId !== null) {
    const machine = remote === null || isLoopback(remote) ? null : remote;
    return { machine, networks: [], place: 'Belfry runs in a container of another engine' };
  }
  if (remote !== null && !isLoopback(remote)) {
    return { machine: remote, networks: [], place: 'the engine is on another machine' };
  }
  const hidden = hiddenBy(await engine.info());
  if (hidden !== undefined) return { machine: '127.0.0.1', networks: [], place: hidden };
  return { machine: '127.0.0.1', networks: 'all', place: 'Belfry runs on the engine’s machine' };
}

async function inContainer(engine: Looking, own: ContainerDetails): Promise<Vantage> {
  const { HostConfig, NetworkSettings } = (await lenderOf(engine, own)) ?? own;
  const place = `Belfry runs in the container ${nameOf(own)}, which is in none of its networks`;
  if (HostConfig.NetworkMode === 'host') return { machine: '127.0.0.1', networks: 'all', place };
  const networks = Object.entries(NetworkSettings.Networks ?? {});
  const gateway = networks.map(([, { Gateway = '' }]) => Gateway).find((address) => address !== '');
  return {
    machine: gateway ?? null,
    networks: networks.map(([network, { NetworkID }]) => NetworkID || network),
    place,
  };
}

/** The host in the engine's address; null where that is a socket. */
function machineOf(engineHost: string): string | null {
  if (engineHost.startsWith('unix://')) return null;
  const url = engineHost.replace(/^(?:\w+:\/\/)?/, 'tcp://');
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '') : null;
}

/** Between this machine and the containers of an engine that runs in a machine or a namespace of its own. */
function hiddenBy({ name, rootless }: EngineInfo): string | undefined {
  if (rootless === true) return 'the engine is rootless, and its networks are its own';
  // A socket proxy may hide the name.
  if (name === 'unknown' || name === hostname()) return undefined;
  return `the engine runs in a machine of its own (${name})`;
}
