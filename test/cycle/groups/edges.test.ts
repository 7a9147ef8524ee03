import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dependantsOf, edgesOf, isHard, nameOf } from '../../../core/cycle/groups/edges.ts';
import type { ContainerDetails, Endpoint, HostConfig } from '../../../core/engine/port.ts';
import { containerDetails } from '../settings/every-setting.ts';

const idOf = (name: string) => Buffer.from(name).toString('hex').padEnd(64, '0');
const container = (name: string, host: HostConfig = {}, networks: Record<string, Endpoint> = {}): ContainerDetails => ({
  ...containerDetails(),
  Id: idOf(name),
  Name: `/${name}`,
  HostConfig: host,
  NetworkSettings: { Networks: networks },
});
const hangingOn = (name: string, others: readonly ContainerDetails[]) => {
  const all = [container(name), ...others];
  const ids = dependantsOf(edgesOf(all), isHard).get(idOf(name)) ?? [];
  return ids.map((id) => nameOf(all.find(({ Id }) => Id === id) ?? { Name: id }));
};

describe('FM47: a container hangs on another', () => {
  const ways: Readonly<Record<string, HostConfig>> = {
    'by its network': { NetworkMode: `container:${idOf('vpn')}` },
    'by its network, named': { NetworkMode: 'container:vpn' },
    'by its network, by short id': { NetworkMode: `container:${idOf('vpn').slice(0, 12)}` },
    'by its processes': { PidMode: `container:${idOf('vpn')}` },
    'by its memory': { IpcMode: `container:${idOf('vpn')}` },
    'by volumes': { VolumesFrom: ['vpn:ro'] },
    'by volumes, by id': { VolumesFrom: [idOf('vpn')] },
    'by a link': { Links: ['/vpn:/app/gateway'] },
  };
  for (const [way, host] of Object.entries(ways)) {
    test(way, () => assert.deepEqual(hangingOn('vpn', [container('app', host)]), ['app']));
  }

  test('by a link on one network', () => {
    assert.deepEqual(hangingOn('vpn', [container('app', {}, { lan: { Links: ['vpn:gateway'] } })]), ['app']);
  });
});

describe('a container does not hang on another', () => {
  test('FM52: whose name only begins the same', () => {
    const backup = container('db-backup');
    const app = container('app', { VolumesFrom: ['db-backup'], Links: ['/db-backup:/app/x'] });
    assert.deepEqual(hangingOn('db', [backup, app]), []);
  });

  test('that shares a network or a namespace of the host', () => {
    const host = { NetworkMode: 'host', PidMode: 'host', IpcMode: 'shareable' };
    assert.deepEqual(hangingOn('vpn', [container('app', host, { lan: {} })]), []);
  });

  test('and not on itself, nor on one that is gone', () => {
    assert.deepEqual(hangingOn('vpn', [container('app', { NetworkMode: 'container:gone' })]), []);
    const self = container('self', { NetworkMode: `container:${idOf('self')}` });
    assert.deepEqual(edgesOf([self]), []);
  });
});

test('all that hang on one are named, each once for each way', () => {
  const host = { NetworkMode: 'container:vpn' };
  assert.deepEqual(hangingOn('vpn', [container('a', host), container('b', host)]), ['a', 'b']);
});
