import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { obstacleTo, type Surroundings } from '../../core/self/obstacle.ts';
import { ownDetails } from './sample.ts';

const usual: Surroundings = {
  own: ownDetails(),
  engineHost: 'unix:///var/run/docker.sock',
  stateFolder: '/var/lib/belfry/NQ4DK5V7RZ2M',
  isMainProcess: true,
};

describe('FM73: Belfry has its own container replaced', () => {
  const able: Readonly<Record<string, Partial<Surroundings>>> = {
    'with its state and the socket mounted': {},
    'without a state folder': { stateFolder: undefined },
    'through an engine at another address': { engineHost: 'tcp://socket-proxy:2375' },
    'through the loopback of the host, whose network it has': {
      engineHost: 'tcp://127.0.0.1:2375',
      own: ownDetails({ host: { NetworkMode: 'host' } }),
    },
    'with a folder mounted above the socket': {
      engineHost: 'unix:///run/user/1000/docker.sock',
      own: ownDetails({
        mounts: [
          { Type: 'bind', Destination: '/run/user/1000' },
          { Type: 'volume', Destination: '/var/lib/belfry' },
        ],
      }),
    },
  };
  for (const [words, given] of Object.entries(able)) {
    test(words, () => assert.equal(obstacleTo({ ...usual, ...given }), undefined));
  }

  const unable: Readonly<Record<string, readonly [Partial<Surroundings>, RegExp]>> = {
    'where it was started beside another process': [{ isMainProcess: false }, /beside another process/],
    'with --rm': [{ own: ownDetails({ host: { AutoRemove: true } }) }, /--rm/],
    'in the network of another container': [
      { own: ownDetails({ host: { NetworkMode: 'container:vpn' } }) },
      /network of another container/,
    ],
    'where its state is in the container': [{ stateFolder: '/state/NQ4DK5V7RZ2M' }, /would be lost/],
    'where its state is on a tmpfs': [
      { own: ownDetails({ mounts: [{ Type: 'tmpfs', Destination: '/var/lib/belfry' }] }) },
      /would be lost/,
    ],
    'where something in the container leads to the engine': [
      { engineHost: 'unix:///tmp/tunnel.sock' },
      /no other container reaches/,
    ],
    'where its own loopback leads to the engine': [
      { engineHost: 'tcp://localhost:2375' },
      /no other container reaches/,
    ],
  };
  for (const [words, [given, reason]] of Object.entries(unable)) {
    test(`but not ${words}`, () => assert.match(obstacleTo({ ...usual, ...given }) ?? '', reason));
  }
});
