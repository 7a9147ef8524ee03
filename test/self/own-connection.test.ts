import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ContainerDetails } from '../../core/engine/port.ts';
import { ownConnection } from '../../core/self/own-connection.ts';
import { ownDetails } from './sample.ts';

const web = {
  ...ownDetails({ networks: { backend: { IPAddress: '10.0.0.2', Aliases: ['web'] } } }),
  Name: '/web',
  Id: 'cd34',
};
const proxy: ContainerDetails = {
  ...ownDetails({
    host: { PortBindings: { '2375/tcp': [{ HostIp: '127.0.0.1', HostPort: '12375' }] } },
    networks: { backend: { IPAddress: '10.0.0.3', GlobalIPv6Address: 'fd00::3', Aliases: ['docker'] } },
  }),
  Name: '/shop-proxy-1',
};

describe('FM78: the container through which the engine is reached', () => {
  for (const host of [
    'tcp://shop-proxy-1:2375',
    'tcp://docker:2375',
    'docker:2375',
    'http://DOCKER:2375',
    'tcp://10.0.0.3:2375',
    'tcp://[fd00::3]:2375',
    'tcp://127.0.0.1:12375',
    'tcp://nas.example:12375',
  ]) {
    test(`is found by ${host}`, () => assert.equal(ownConnection([web, proxy], host), proxy));
  }

  for (const host of ['unix:///var/run/docker.sock', 'tcp://nas.example:2375', 'tcp://10.0.0.4:2375']) {
    test(`is none where it is ${host}`, () => assert.equal(ownConnection([web, proxy], host), undefined));
  }

  test('is none that does not run', () => {
    const stopped = { ...proxy, State: { ...proxy.State, Running: false } };
    assert.equal(ownConnection([web, stopped], 'tcp://docker:2375'), undefined);
  });
});
