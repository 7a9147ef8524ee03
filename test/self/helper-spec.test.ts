import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { helperSpec } from '../../core/self/helper-spec.ts';
import { ownDetails } from './sample.ts';

const own = ownDetails({
  host: {
    NetworkMode: 'backend',
    Binds: ['/var/run/docker.sock:/var/run/docker.sock', 'belfry-state:/var/lib/belfry'],
    PortBindings: { '80/tcp': [{ HostPort: '8080' }] },
    RestartPolicy: { Name: 'always', MaximumRetryCount: 0 },
    Memory: 128_000_000,
  },
  config: {
    Hostname: 'tower',
    ExposedPorts: { '80/tcp': {} },
    Env: ['BELFRY_SCOPE=blue'],
    Labels: { 'belfry.scope': 'blue', 'com.docker.compose.project': 'shop' },
  },
  networks: {
    backend: { IPAMConfig: { IPv4Address: '10.0.0.9' }, Aliases: ['belfry'], MacAddress: '02:42:0a:00:00:09' },
  },
});

describe('FM75: a helper container', () => {
  const { config, hostConfig, networks } = helperSpec(own, null, {
    imageId: 'sha256:new',
    engine: { apiVersion: '1.41', cannot: [] },
  });

  test('has what the container has that it replaces', () => {
    assert.deepEqual([config.Cmd, config.Env], [['watch'], ['BELFRY_SCOPE=blue']]);
    assert.equal(config.Image, own.Image, 'the very image, whatever its tag names now');
    assert.deepEqual([hostConfig.Binds?.slice(0, 2), hostConfig.Memory], [own.HostConfig.Binds, 128_000_000]);
  });

  test('has nothing that only one of them can have', () => {
    assert.deepEqual([config.ExposedPorts, hostConfig.PortBindings, config.Hostname], [{}, {}, '']);
    assert.deepEqual(networks, [{ name: 'backend', endpoint: {} }]);
  });

  test('FM76: bears labels of its own, and none of Compose', () => {
    assert.deepEqual(config.Labels, {
      'belfry.helper': own.Id,
      'belfry.helper-image': 'sha256:new',
      'belfry.scope': 'blue',
    });
  });

  test('is started again by the engine until it has done its work', () => {
    assert.deepEqual(hostConfig.RestartPolicy, { Name: 'on-failure', MaximumRetryCount: 0 });
  });
});
