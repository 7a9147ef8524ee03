import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ContainerDetails } from '../../core/engine/port.ts';
import { routesTo, type Vantage } from '../../core/engine/routes.ts';

interface Shape {
  readonly mode?: string;
  readonly networks?: Readonly<Record<string, readonly string[]>>;
  readonly ports?: Readonly<Record<string, readonly (readonly [address: string, port: string])[] | null>>;
  readonly running?: boolean;
}

/** `web`, with its addresses by network: IPv4, then IPv6. Networks are known by `id-of-NAME`. */
function container({ mode = 'front', networks = {}, ports = {}, running = true }: Shape): ContainerDetails {
  const endpoints = Object.entries(networks).map(([name, [v4 = '', v6 = '']]) => [
    name,
    { NetworkID: `id-of-${name}`, IPAddress: v4, GlobalIPv6Address: v6 },
  ]);
  const bindings = Object.entries(ports).map(([port, bound]) => [
    port,
    bound?.map(([HostIp, HostPort]) => ({ HostIp, HostPort })) ?? null,
  ]);
  return {
    Name: '/web',
    State: { Running: running },
    HostConfig: { NetworkMode: mode },
    NetworkSettings: { Networks: Object.fromEntries(endpoints), Ports: Object.fromEntries(bindings) },
  } as unknown as ContainerDetails;
}

const onMachine: Vantage = { machine: '127.0.0.1', networks: 'all', place: 'Belfry runs on the engine’s machine' };
const inContainer: Vantage = {
  ...{ machine: '172.18.0.1', networks: ['id-of-front'] },
  place: 'Belfry runs in the container belfry, which is in none of its networks',
};
const remote: Vantage = { machine: 'nas', networks: [], place: 'the engine is on another machine' };
const desktop: Vantage = { machine: '127.0.0.1', networks: [], place: 'the engine runs in a machine of its own' };
const nowhere: Vantage = { machine: null, networks: [], place: 'Belfry runs in a container of another engine' };

const networks = { back: ['10.0.0.2'], front: ['172.18.0.5', 'fd00::5'], six: ['', 'fd01::5'] };

function routes(shape: Shape, vantage: Vantage, lender?: Shape) {
  const found = routesTo(container(shape), 8080, { vantage, lender: lender && container(lender) });
  return found.obstacle ?? found.routes.map(({ host, port }) => `${host} ${port}`);
}

describe('a port of a container is reached', () => {
  test('from the engine’s machine at its own addresses, in the order of their networks', () => {
    assert.deepEqual(routes({ networks }, onMachine), ['10.0.0.2 8080', '172.18.0.5 8080', 'fd01::5 8080']);
  });

  test('from a container at its addresses in networks that both are in, and at no other', () => {
    assert.deepEqual(routes({ networks }, inContainer), ['172.18.0.5 8080']);
  });

  test('where it is published, after its own addresses', () => {
    const ports = {
      '8080/tcp': [
        ['0.0.0.0', '32768'],
        ['::', '32768'],
      ],
      '8080/udp': [['0.0.0.0', '1']],
      '80/tcp': null,
    } as const;
    assert.deepEqual(routes({ ports }, onMachine), ['127.0.0.1 32768']);
    assert.deepEqual(routes({ networks, ports }, inContainer), ['172.18.0.5 8080', '172.18.0.1 32768']);
    assert.deepEqual(routes({ networks, ports }, remote), ['nas 32768']);
    assert.deepEqual(routes({ networks, ports }, desktop), ['127.0.0.1 32768']);
  });

  test('behind a loopback address from that machine alone, and at an address of its own from everywhere', () => {
    const loopback = { ports: { '8080/tcp': [['127.0.0.1', '32768']] } } as const;
    assert.deepEqual(routes(loopback, onMachine), ['127.0.0.1 32768']);
    assert.deepEqual(routes(loopback, desktop), ['127.0.0.1 32768']);
    for (const vantage of [inContainer, remote, nowhere])
      assert.match(String(routes(loopback, vantage)), /out of reach/);
    const lan = { ports: { '8080/tcp': [['192.168.1.5', '32768']] } } as const;
    for (const vantage of [onMachine, inContainer, remote, nowhere]) {
      assert.deepEqual(routes(lan, vantage), ['192.168.1.5 32768']);
    }
  });

  test('in the machine’s own network at the machine', () => {
    const host = { mode: 'host', networks: { host: [''] } };
    assert.deepEqual(routes(host, onMachine), ['127.0.0.1 8080']);
    assert.deepEqual(routes(host, inContainer), ['172.18.0.1 8080']);
    assert.deepEqual(routes(host, remote), ['nas 8080']);
    // What answers there on this machine is something else.
    assert.match(String(routes(host, desktop)), /out of reach/);
    assert.match(String(routes(host, nowhere)), /out of reach/);
  });

  test('where that of the container is whose network it shares', () => {
    const sharing = { mode: 'container:abc' };
    assert.deepEqual(routes(sharing, inContainer, { networks }), ['172.18.0.5 8080']);
    assert.deepEqual(routes(sharing, onMachine, { mode: 'host' }), ['127.0.0.1 8080']);
  });
});

describe('a port of a container is not reached', () => {
  test('where Belfry is in another network: its address there may be another container’s', () => {
    assert.equal(
      routes({ networks: { back: ['10.0.0.2'] } }, inContainer),
      'web is out of reach: Belfry runs in the container belfry, which is in none of its networks, ' +
        'and port 8080 is not published where Belfry reaches it',
    );
  });

  test('where it does not run, or has no network', () => {
    assert.equal(routes({ networks, running: false }, onMachine), 'web does not run');
    assert.equal(routes({ mode: 'none', networks: { none: [''] } }, onMachine), 'web has no network');
  });
});
