import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { links } from '../../../core/cycle/settings/endpoint.ts';
import { buildSpec, type SpecSource } from '../../../core/cycle/settings/spec.ts';
import type { ContainerDetails, CreateSpec, Endpoint, HostConfig, MountPoint } from '../../../core/engine/port.ts';
import { containerDetails } from './every-setting.ts';

const source = (original: ContainerDetails): SpecSource => ({
  original,
  inherited: null,
  reference: 'web:1',
  imageId: 'sha256:new',
  engine: { apiVersion: '1.41', cannot: [] },
});
const specOf = (original: ContainerDetails): CreateSpec => buildSpec(source(original));

interface Parts {
  readonly config?: Partial<ContainerDetails['Config']>;
  readonly host?: HostConfig;
  readonly networks?: Readonly<Record<string, Endpoint>>;
  readonly mounts?: readonly MountPoint[];
}
const container = ({ config = {}, host = {}, networks = {}, mounts = [] }: Parts): ContainerDetails => ({
  ...containerDetails(),
  Config: { Image: 'web:1', ...config },
  HostConfig: host,
  NetworkSettings: { Networks: networks },
  Mounts: mounts,
});

const shortId = containerDetails().Id.slice(0, 12);
const volume = (Name: string, Destination: string, RW = true): MountPoint => ({
  Type: 'volume',
  Name,
  Destination,
  RW,
});

describe('the host’s part', () => {
  test('FM35: goes through verbatim, with fields nobody here has heard of', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('Memory', 'DeviceRequests', 'Ulimits', 'NewField'), fc.jsonValue()),
        (host) => {
          const { hostConfig } = specOf(container({ host: host as HostConfig }));
          for (const [field, value] of Object.entries(host)) assert.deepEqual(hostConfig[field], value);
        },
      ),
    );
  });

  test('FM36: device permissions that Podman leaves empty become the usual ones', () => {
    const devices = [
      { PathOnHost: '/dev/dri', CgroupPermissions: '' },
      { PathOnHost: '/dev/x', CgroupPermissions: 'r' },
    ];
    const permissions = specOf(container({ host: { Devices: devices } })).hostConfig.Devices as readonly object[];
    assert.deepEqual(permissions, [{ ...devices[0], CgroupPermissions: 'rwm' }, devices[1]]);
  });

  test('a restart policy without a name, which no update could restore, is named', () => {
    const host = { RestartPolicy: { Name: '', MaximumRetryCount: 0 } };
    assert.deepEqual(specOf(container({ host })).hostConfig.RestartPolicy, { Name: 'no', MaximumRetryCount: 0 });
  });

  test('FM47: every reference to another container is carried as it is', () => {
    const host = { PidMode: 'container:a', IpcMode: 'container:b', VolumesFrom: ['c:ro'], NetworkMode: 'container:d' };
    const { PidMode, IpcMode, VolumesFrom, NetworkMode } = specOf(container({ host })).hostConfig;
    assert.deepEqual({ PidMode, IpcMode, VolumesFrom, NetworkMode }, host);
  });

  test('FM47: links are written as a create takes them', () => {
    assert.deepEqual(specOf(container({ host: { Links: ['/db:/web/sql'] } })).hostConfig.Links, ['db:sql']);
    assert.deepEqual(links(['/db:/web/sql', 'cache:c', 'db']), ['db:sql', 'cache:c', 'db:db']);
    assert.deepEqual(links(null), []);
  });
});

describe('the name and the image', () => {
  test('FM45: the image is the human reference, never an id', () => {
    assert.equal(specOf(container({ config: { Image: 'sha256:1' } })).config.Image, 'web:1');
  });

  test('FM44: Compose’s note of the image is the new one, its other labels stay', () => {
    const labels = { 'com.docker.compose.image': 'sha256:old', 'com.docker.compose.config-hash': 'abc' };
    const made = specOf(container({ config: { Labels: labels } })).config.Labels;
    assert.deepEqual(made, { ...labels, 'com.docker.compose.image': 'sha256:new' });
    assert.deepEqual(specOf(container({ config: { Labels: { a: 'b' } } })).config.Labels, { a: 'b' });
  });

  test('FM28: a host name made from the old id is not kept', () => {
    assert.equal(specOf(container({ config: { Hostname: shortId } })).config.Hostname, '');
    assert.equal(specOf(container({ config: { Hostname: 'web' } })).config.Hostname, 'web');
  });

  test('FM27: a borrowed namespace forbids host name, domain and exposed ports', () => {
    const config = { Hostname: 'vpn', Domainname: 'lan', ExposedPorts: { '80/tcp': {} } };
    const borrowed = specOf(container({ config, host: { NetworkMode: 'container:vpn' } })).config;
    assert.deepEqual([borrowed.Hostname, borrowed.Domainname, borrowed.ExposedPorts], ['', '', {}]);
    const hosts = specOf(container({ config, host: { UTSMode: 'host' } })).config;
    assert.deepEqual([hosts.Hostname, hosts.Domainname], ['', 'lan']);
  });

  test('a port that is published stays exposed, whatever the images expose', () => {
    const inherited = { ExposedPorts: { '80/tcp': {}, '81/tcp': {} } };
    const original = container({
      config: { ...inherited },
      host: { PortBindings: { '80/tcp': [{ HostPort: '80' }] } },
    });
    const { config } = buildSpec({ ...source(original), inherited });
    assert.deepEqual(config.ExposedPorts, { '80/tcp': {} });
  });
});

describe('volumes and binds', () => {
  test('FM32: binds and mounts go through as they were given', () => {
    const host = { Binds: ['/srv:/a:ro', 'named:/b'], Mounts: [{ Type: 'volume', Source: 'x', Target: '/c' }] };
    const mounts = [{ Type: 'bind', Source: '/srv', Destination: '/a' }, volume('named', '/b'), volume('x', '/c')];
    const { hostConfig } = specOf(container({ host, mounts }));
    assert.deepEqual({ Binds: hostConfig.Binds, Mounts: hostConfig.Mounts }, host);
  });

  test('FM29: volumes without a name of their own are attached again', () => {
    const mounts = [volume('hash1', '/data'), volume('hash2', '/logs', false)];
    const { hostConfig } = specOf(container({ host: { Binds: ['/srv:/a'] }, mounts }));
    assert.deepEqual(hostConfig.Binds, ['/srv:/a', 'hash1:/data', 'hash2:/logs:ro']);
  });

  test('FM29: a mount without a source keeps the volume it got', () => {
    const host = {
      Mounts: [
        { Type: 'volume', Target: '/data/' },
        { Type: 'tmpfs', Target: '/run' },
      ],
    };
    const { hostConfig } = specOf(container({ host, mounts: [volume('hash', '/data')] }));
    assert.deepEqual(hostConfig.Mounts, [{ Type: 'volume', Target: '/data/', Source: 'hash' }, host.Mounts[1]]);
    assert.deepEqual(hostConfig.Binds, null);
  });

  test('FM29: a bind that is only a path keeps the volume it got', () => {
    const { hostConfig } = specOf(
      container({ host: { Binds: ['/data', 'x:/y'] }, mounts: [volume('hash', '/data'), volume('x', '/y')] }),
    );
    assert.deepEqual(hostConfig.Binds, ['x:/y', 'hash:/data']);
  });

  test('a volume is attached once, however its place is written', () => {
    for (const target of ['/var//lib/', '/var/./lib', '/var/x/../lib']) {
      const bound = specOf(container({ host: { Binds: [`data:${target}`] }, mounts: [volume('data', '/var/lib')] }));
      assert.deepEqual(bound.hostConfig.Binds, [`data:${target}`]);
      const mount = { Type: 'volume', Source: 'data', Target: target };
      const mounted = specOf(container({ host: { Mounts: [mount] }, mounts: [volume('data', '/var/lib')] }));
      assert.deepEqual(mounted.hostConfig.Binds, null);
    }
  });
});

describe('networks', () => {
  const names = (original: ContainerDetails) => specOf(original).networks.map(({ name }) => name);

  test('FM20: come the container’s own one first, the others by name', () => {
    const networks = { zone: {}, lan: {}, beta: {} };
    assert.deepEqual(names(container({ host: { NetworkMode: 'lan' }, networks })), ['lan', 'beta', 'zone']);
    assert.deepEqual(names(container({ host: { NetworkMode: 'default' }, networks: { a: {}, bridge: {} } })), [
      'bridge',
      'a',
    ]);
  });

  test('FM20: are known also where the container names its own one by id', () => {
    const networks = { beta: {}, lan: { NetworkID: 'f00d' } };
    assert.deepEqual(names(container({ host: { NetworkMode: 'f00d' }, networks })), ['lan', 'beta']);
  });

  test('FM20: leave out one that the container was taken off', () => {
    assert.deepEqual(names(container({ host: { NetworkMode: 'lan' }, networks: { beta: {} } })), ['beta']);
  });

  test('FM26: are none in the modes that have none', () => {
    for (const NetworkMode of ['host', 'none', 'container:vpn']) {
      assert.deepEqual(names(container({ host: { NetworkMode }, networks: { [NetworkMode]: {} } })), []);
    }
  });

  test('FM26: on the default bridge carry nothing', () => {
    const networks = { bridge: { Aliases: ['web'], IPAMConfig: { IPv4Address: '172.17.0.9' } } };
    assert.deepEqual(specOf(container({ host: { NetworkMode: 'default' }, networks })).networks, [
      { name: 'bridge', endpoint: {} },
    ]);
  });

  test('FM21, FM23, FM25: carry what was asked for, and no address, MAC or alias that the engine made up', () => {
    const asked = { IPAMConfig: { IPv4Address: '10.7.0.9' }, DriverOpts: { a: 'b' }, GwPriority: 5 };
    const made = {
      IPAddress: '10.7.0.9',
      MacAddress: '02:42:0a:07:00:09',
      Gateway: '10.7.0.1',
      EndpointID: 'e',
      NetworkID: 'n',
    };
    const networks = { lan: { ...asked, ...made, Aliases: ['web', shortId], Links: ['db'] } };
    const [first] = specOf(container({ host: { NetworkMode: 'lan' }, networks })).networks;
    assert.deepEqual(first?.endpoint, { ...asked, Aliases: ['web'], Links: ['db:db'] });
  });

  test('FM22: a configured MAC goes along', () => {
    const config = { MacAddress: '02:00:00:00:00:07' };
    assert.equal(specOf(container({ config })).config.MacAddress, config.MacAddress);
  });
});
