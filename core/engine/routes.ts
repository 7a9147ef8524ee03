import type { Route, Routes } from '../plugin.ts';
import type { ContainerDetails, Endpoint } from './port.ts';
import { publishedPorts } from './state.ts';

/** Where Belfry stands among the networks of the engine's machine. */
export interface Vantage {
  /** That machine as Belfry reaches it; null where it does not. */
  readonly machine: string | null;
  /** The networks it reaches containers through, by id or name: all on the machine itself. */
  readonly networks: 'all' | readonly string[];
  /** What stands between Belfry and the containers it does not reach. */
  readonly place: string;
}

/**
 * The ways from Belfry to a port of a container, likeliest first: its own addresses, then where the port is published.
 * An address of a network that Belfry is not in may be another container's, so it is none. `lender` is the container
 * whose network it shares.
 */
export function routesTo(
  container: ContainerDetails,
  port: number,
  { vantage, lender }: { readonly vantage: Vantage; readonly lender?: ContainerDetails | undefined },
): Routes {
  const name = container.Name.replace(/^\//, '');
  if (!container.State.Running) return none(`${name} does not run`);
  const { HostConfig, NetworkSettings } = lender ?? container;
  const mode = HostConfig.NetworkMode ?? '';
  if (mode === 'none') return none(`${name} has no network`);
  if (mode === 'host') return onMachine(name, port, vantage);
  const routes = [
    ...ownAddresses(NetworkSettings.Networks ?? {}, vantage).map((host) => ({ host, port })),
    ...published(NetworkSettings.Ports ?? {}, port, vantage),
  ];
  if (routes.length > 0) return { routes, obstacle: null };
  return none(`${outOfReach(name, vantage)}, and port ${port} is not published where Belfry reaches it`);
}

function none(obstacle: string): Routes {
  return { routes: [], obstacle };
}

const outOfReach = (name: string, { place }: Vantage) => `${name} is out of reach: ${place}`;

/** What is on the machine's own network is at another place only where that machine is not this one. */
function onMachine(name: string, port: number, vantage: Vantage): Routes {
  const { machine, networks } = vantage;
  const isElsewhere = machine !== null && isLoopback(machine) && networks !== 'all';
  if (machine === null || isElsewhere) {
    return none(`${outOfReach(name, vantage)}, and the network of the engine’s machine, which it uses, is another one`);
  }
  return { routes: [{ host: machine, port }], obstacle: null };
}

function ownAddresses(networks: Readonly<Record<string, Endpoint>>, { networks: reached }: Vantage): readonly string[] {
  return Object.keys(networks)
    .toSorted()
    .filter((name) => reached === 'all' || reached.includes(networks[name]?.NetworkID || name))
    .map((name) => networks[name]?.IPAddress || networks[name]?.GlobalIPv6Address || '')
    .filter((address) => address !== '');
}

function published(ports: Readonly<Record<string, unknown>>, port: number, { machine }: Vantage): readonly Route[] {
  const bound = publishedPorts(ports).filter((one) => one.port === port && one.protocol === 'tcp');
  const routes = bound.flatMap(({ hostAddress, hostPort }) => {
    if (anyAddress.has(hostAddress)) return machine === null ? [] : [{ host: machine, port: hostPort }];
    // Behind its loopback address is that machine alone.
    const isReached = !isLoopback(hostAddress) || (machine !== null && isLoopback(machine));
    return isReached ? [{ host: hostAddress, port: hostPort }] : [];
  });
  // Once for IPv4 and once for IPv6, which may come to the same.
  const text = (route: Route) => JSON.stringify(route);
  return routes.filter((route, at) => routes.findIndex((other) => text(other) === text(route)) === at);
}

const anyAddress: ReadonlySet<string> = new Set(['', '0.0.0.0', '::']);

export function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || address.startsWith('127.');
}
