import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  canonical as canonicalAt,
  canonicalDefaults,
  type Loss,
  losses,
} from '../../../core/cycle/settings/canonical.ts';
import { buildSpec } from '../../../core/cycle/settings/spec.ts';
import type { ContainerConfig, ContainerDetails, HostConfig, ImageDefaults } from '../../../core/engine/port.ts';
import { createFakeEngine } from '../../kit/fake-engine.ts';
import { asked, imageDefaults } from './arbitrary.ts';
import { engineMerge } from './engine-merge.ts';
import { containerDetails, everySetting } from './every-setting.ts';

const canonical = (details: ContainerDetails) => canonicalAt(details, '1.41');
const nothing = canonicalDefaults(null);
const paths = (lost: readonly Loss[]) => lost.map(({ path }) => path);

const hostConfig: fc.Arbitrary<HostConfig> = fc.record(
  {
    Memory: fc.constantFrom(0, 1024),
    Privileged: fc.boolean(),
    Dns: fc.constantFrom(null, [], ['1.1.1.1']),
    RestartPolicy: fc.constantFrom(
      { Name: '', MaximumRetryCount: 0 },
      { Name: 'no', MaximumRetryCount: 0 },
      { Name: 'on-failure', MaximumRetryCount: 3 },
    ),
    PortBindings: fc.constantFrom(null, { '80/tcp': [{ HostIp: '', HostPort: '8080' }] }),
    NetworkMode: fc.constantFrom('default', 'bridge', 'host', 'none', 'lan', 'container:provider'),
    Binds: fc.constantFrom(null, ['/srv:/a:ro'], ['named:/a', '/srv:/b']),
    Mounts: fc.constantFrom([], [{ Type: 'volume', Target: '/c' }], [{ Type: 'tmpfs', Target: '/c' }]),
    FromTheFuture: fc.constantFrom(null, 0, 'x', { a: 1 }),
  },
  { requiredKeys: [] },
);

interface Case {
  readonly given: ContainerConfig;
  readonly host: HostConfig;
  readonly networks: readonly string[];
  readonly before: ImageDefaults;
  readonly after: ImageDefaults;
  readonly imageIsGone: boolean;
}

const cases: fc.Arbitrary<Case> = fc.record({
  given: asked,
  host: hostConfig,
  networks: fc.subarray(['lan', 'wan']),
  before: imageDefaults.map((image) => ({ ...image, Cmd: ['serve'] })),
  after: imageDefaults.map((image) => ({ ...image, Cmd: ['serve', 'new'] })),
  imageIsGone: fc.boolean(),
});

/** The container of a case, and the one that the engine makes of its spec on the new image, not yet started. */
async function replaceOnFake({ given, host, networks, before, after, imageIsGone }: Case) {
  const engine = createFakeEngine();
  engine.registry.put('web:1', { config: before });
  engine.registry.put('provider:1', { config: { Cmd: ['x'] } });
  engine.addNetwork('lan');
  engine.addNetwork('wan');
  engine.run('provider', { image: 'provider:1' });
  const borrowed = host.NetworkMode?.startsWith('container:') === true;
  const alone = borrowed || ['host', 'none'].includes(host.NetworkMode ?? '');
  const endpoint = { Aliases: ['web'] };
  engine.run('web', {
    image: 'web:1',
    config: { ...given, ...(borrowed ? { Hostname: '', ExposedPorts: {} } : {}) },
    hostConfig: host,
    networks: alone ? [] : networks.map((name) => ({ name, endpoint })),
  });
  const original = await engine.inspect('web');
  const inherited = imageIsGone ? null : ((await engine.inspectImage('web:1')).Config ?? null);
  engine.registry.put('web:1', { config: after });
  engine.load('web:1');
  const imageId = (await engine.inspectImage('web:1')).Id;
  const spec = buildSpec({ original, inherited, reference: 'web:1', imageId, engine: await engine.info() });
  const created = await engine.inspect(await engine.create('web.belfry-new', spec));
  return { original, created, inherited };
}

describe('the settings proof', () => {
  test('raises no false alarm, whatever the container, the old image and the new one', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (one) => {
        const { Entrypoint, Cmd } = engineMerge(one.given, one.before);
        fc.pre([...(Entrypoint ?? []), ...(Cmd ?? [])].length > 0); // Else the engine refuses it.
        const { original, created, inherited } = await replaceOnFake(one);
        assert.deepEqual(losses(canonical(original), canonical(created), canonicalDefaults(inherited)), []);
      }),
    );
  });

  test('finds every single setting that is dropped, and names its path', () => {
    const whole = canonical(containerDetails());
    for (const [path, { drop }] of everySetting) {
      const dropped = canonical(drop(containerDetails()));
      assert.deepEqual(paths(losses(whole, dropped, nothing)), [path]);
    }
  });

  test('finds every single setting that is changed, and names its path', () => {
    const whole = canonical(containerDetails());
    for (const [path, { change }] of everySetting) {
      const changed = canonical(change(containerDetails()));
      assert.deepEqual(paths(losses(whole, changed, nothing)), [path]);
    }
  });

  test('finds all of several losses', () => {
    const several = fc.uniqueArray(fc.constantFrom(...everySetting.keys()), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(several, (chosen) => {
        const damaged = chosen.reduce(
          (details, path) => everySetting.get(path)?.drop(details) ?? details,
          containerDetails(),
        );
        const lost = paths(losses(canonical(containerDetails()), canonical(damaged), nothing));
        assert.deepEqual(lost.toSorted(), chosen.toSorted());
      }),
    );
  });

  test('passes over what the old image defined, and over nothing else', () => {
    const image = { Env: ['TZ=UTC'], Labels: { role: 'web' }, ExposedPorts: { '80/tcp': {} }, User: 'app' };
    const was = withConfig({ ...image, Env: ['TZ=UTC', 'MODE=mine'] });
    const is = withConfig({});
    assert.deepEqual(paths(losses(canonical(was), canonical(is), canonicalDefaults(image))), ['Config.Env.MODE']);
  });

  test('sees a variable and a label that are set to nothing', () => {
    const was = withConfig({ Env: ['DEBUG=', 'BARE'], Labels: { flag: '' } });
    const is = withConfig({});
    const lost = paths(losses(canonical(was), canonical(is), nothing));
    assert.deepEqual(lost, ['Config.Env.DEBUG', 'Config.Env.BARE', 'Config.Labels.flag']);
  });

  test('sees that a container cut off from its networks would join one again', () => {
    const was = { ...containerDetails(), NetworkSettings: { Networks: {} } };
    const is = { ...containerDetails(), NetworkSettings: { Networks: { lan: {} } } };
    assert.deepEqual(paths(losses(canonical(was), canonical(is), nothing)), ['Networks']);
  });

  test('expects the image and Compose’s note of it to change', () => {
    const was = withConfig({ Image: 'web:1', Labels: { 'com.docker.compose.image': 'old' } });
    const is = withConfig({ Image: 'sha256:1', Labels: { 'com.docker.compose.image': 'new' } });
    assert.deepEqual(losses(canonical(was), canonical(is), nothing), []);
  });
});

describe('the same setting in two forms is no loss:', () => {
  const forms: Readonly<Record<string, readonly [HostConfig, HostConfig]>> = {
    'no restart policy': [{ RestartPolicy: { Name: '', MaximumRetryCount: 0 } }, {}],
    'the default network by its newer name': [{ NetworkMode: 'default' }, { NetworkMode: 'bridge' }],
    'a link, as each container has it': [{ Links: ['/db:/web/db'] }, { Links: ['/db:/web.belfry-new/db'] }],
    'an empty list and none': [{ Dns: [] }, { Dns: null }],
    'device permissions that Podman leaves empty': [
      { Devices: [{ PathOnHost: '/dev/dri', CgroupPermissions: '' }] },
      { Devices: [{ PathOnHost: '/dev/dri', CgroupPermissions: 'rwm' }] },
    ],
    'logging without options': [
      { LogConfig: { Type: 'json-file', Config: null } },
      { LogConfig: { Type: 'json-file', Config: {} } },
    ],
  };
  for (const [name, [was, is]] of Object.entries(forms)) {
    test(name, () => {
      const host = (HostConfig: HostConfig) => canonical({ ...containerDetails(), HostConfig });
      assert.deepEqual(losses(host(was), host(is), nothing), []);
    });
  }

  test('FM28: a host name that is the container’s own id', () => {
    const named = (id: string) => ({ ...withConfig({ Hostname: id.slice(0, 12) }), Id: id });
    assert.deepEqual(losses(canonical(named('a'.repeat(64))), canonical(named('b'.repeat(64))), nothing), []);
  });

  test('FM27: a host name that comes from the host or from another container', () => {
    for (const host of [{ UTSMode: 'host' }, { NetworkMode: 'container:x' }]) {
      const was = { ...withConfig({ Hostname: 'given' }), HostConfig: host };
      const is = { ...withConfig({ Hostname: 'other' }), HostConfig: host };
      assert.deepEqual(losses(canonical(was), canonical(is), nothing), []);
    }
  });

  test('FM49: the networks of who shares its own, which Podman shows as those of the borrower', () => {
    const borrower = { ...containerDetails(), HostConfig: { NetworkMode: 'container:x' } };
    const was = { ...borrower, NetworkSettings: { Networks: { podman: {} } } };
    const is = { ...borrower, NetworkSettings: { Networks: {} } };
    assert.deepEqual(losses(canonical(was), canonical(is), nothing), []);
  });

  test('FM25: an alias that is the container’s own short id', () => {
    const alias = (id: string): ContainerDetails => ({
      ...containerDetails(),
      Id: id,
      NetworkSettings: { Networks: { lan: { Aliases: ['web', id.slice(0, 12)] } } },
    });
    assert.deepEqual(losses(canonical(alias('a'.repeat(64))), canonical(alias('b'.repeat(64))), nothing), []);
  });
});

function withConfig(config: Partial<ContainerConfig>): ContainerDetails {
  return { ...containerDetails(), Config: { Image: 'web:1', ...config } };
}
