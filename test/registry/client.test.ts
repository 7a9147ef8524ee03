import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { hasCode } from '../../core/errors/app-error.ts';
import type { Code } from '../../core/errors/catalogue.ts';
import { createRegistry } from '../../core/registry/client.ts';
import type { Platform, Wanted } from '../../core/registry/port.ts';
import { parseReference } from '../../core/registry/reference.ts';
import { configurationOf, digestOf } from './push.ts';
import { closeServers, type Reply, type Server, startServer } from './server.ts';

afterEach(closeServers);

const amd64: Platform = { os: 'linux', architecture: 'amd64', variant: null };
const arm64: Platform = { os: 'linux', architecture: 'arm64', variant: null };
const ociIndex = 'application/vnd.oci.image.index.v1+json';
const ociManifest = 'application/vnd.oci.image.manifest.v1+json';
const ociConfig = 'application/vnd.oci.image.config.v1+json';

const client = () => createRegistry({ registries: {}, registryTlsSkip: false, env: { HOME: '/nonexistent' } });
const reference = (server: Server, name = 'team/app:1') => parseReference(`${server.host}/${name}`);
const is = (code: Code) => (error: unknown) => {
  if (!hasCode(error, code)) throw error;
  return true;
};

/** Content by digest, with a way to add to it. */
function createContent() {
  const stored = new Map<string, string>();
  const add = (json: object) => {
    const text = JSON.stringify(json);
    stored.set(digestOf(text), text);
    return digestOf(text);
  };
  const image = (platform: Platform, extra: object = {}) => {
    const config = { mediaType: ociConfig, digest: add({ ...configurationOf({ platform }), ...extra }), size: 1 };
    return add({ schemaVersion: 2, mediaType: ociManifest, config, layers: [] });
  };
  const entry = (digest: string, platform?: object, more: object = {}) => ({
    mediaType: ociManifest,
    digest,
    size: 1,
    ...(platform && { platform }),
    ...more,
  });
  const index = (manifests: object[]) => add({ schemaVersion: 2, mediaType: ociIndex, manifests });
  const reply = (path: string): Reply => {
    const text = stored.get(path.slice(path.lastIndexOf('/') + 1));
    return text === undefined ? { status: 404 } : { status: 200, body: text };
  };
  return { stored, add, image, entry, index, reply };
}

describe('the digest of a tag', () => {
  test('costs 50 references one HEAD each', async () => {
    const server = await startServer(() => ({
      status: 200,
      headers: { 'docker-content-digest': digestOf('x') },
    }));
    const registry = client();
    await Promise.all(Array.from({ length: 50 }, (_, i) => registry.digest(reference(server, `team/app${i}`))));
    assert.equal(server.seen.length, 50);
    assert.ok(server.seen.every(({ method }) => method === 'HEAD'));
  });

  for (const refusal of [{ status: 400 }, { status: 404 }, { status: 405 }, { status: 200 }]) {
    test(`is that of the body where HEAD is answered with ${refusal.status} and no digest`, async () => {
      const content = createContent();
      const digest = content.image(amd64);
      const body = content.stored.get(digest) ?? '';
      const server = await startServer(({ method }) => (method === 'HEAD' ? refusal : { status: 200, body }));
      assert.equal(await client().digest(reference(server)), digest);
      assert.deepEqual(
        server.seen.map(({ method }) => method),
        ['HEAD', 'GET'],
      );
    });
  }

  test('is asked for with every kind of manifest that an engine takes', async () => {
    let accept = '';
    const { createServer } = await import('node:http');
    const server = createServer((incoming, outgoing) => {
      accept = incoming.headers.accept ?? '';
      outgoing.writeHead(200, { 'docker-content-digest': digestOf('x') }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    await client().digest(parseReference(`127.0.0.1:${port}/app`));
    server.close();
    server.closeAllConnections();
    assert.deepEqual(accept.split(', ').sort(), [
      'application/vnd.docker.distribution.manifest.list.v2+json',
      'application/vnd.docker.distribution.manifest.v2+json',
      ociIndex,
      ociManifest,
    ]);
  });

  test('is asked for again after a failure', async () => {
    let status = 500;
    const server = await startServer(() => ({ status, headers: { 'docker-content-digest': digestOf('x') } }));
    const registry = client();
    await assert.rejects(registry.digest(reference(server)), is('REGISTRY_FAILED'));
    status = 200;
    assert.equal(await registry.digest(reference(server)), digestOf('x'));
  });
});

describe('what stands behind a digest', () => {
  test('is asked for once for each platform', async () => {
    const content = createContent();
    const index = content.index([
      content.entry(content.image(amd64), amd64),
      content.entry(content.image(arm64), arm64),
    ]);
    const server = await startServer(({ path }) => content.reply(path));
    const registry = client();
    const ask = (platform: Platform) => registry.candidate(reference(server), index, platform);
    await Promise.all([ask(amd64), ask(amd64)]);
    registry.beginCycle();
    await ask(amd64);
    assert.equal(server.seen.length, 3);
    await ask(arm64);
    assert.equal(server.seen.length, 6);
  });

  test('FM65: is found in nested indexes and beside attestations', async () => {
    const content = createContent();
    const attestation = content.add({ schemaVersion: 2, config: {}, layers: [] });
    const annotations = { 'vnd.docker.reference.type': 'attestation-manifest' };
    const wanted = content.image(arm64);
    const inner = content.index([
      content.entry(attestation, { os: 'unknown', architecture: 'unknown' }, { annotations }),
      content.entry(wanted, arm64),
    ]);
    const outer = content.index([
      content.entry(content.image(amd64), amd64),
      { ...content.entry(inner), mediaType: ociIndex },
    ]);
    const server = await startServer(({ path }) => content.reply(path));
    const found = await client().candidate(reference(server), outer, arm64);
    assert.equal(found.manifestDigest, wanted);
    assert.ok(server.seen.every(({ path }) => !path.includes(attestation)));
  });

  test('is found by its configuration where the index names no platform', async () => {
    const content = createContent();
    const wanted = content.image(arm64);
    const index = content.index([content.entry(content.image(amd64)), content.entry(wanted)]);
    const server = await startServer(({ path }) => content.reply(path));
    assert.equal((await client().candidate(reference(server), index, arm64)).manifestDigest, wanted);
  });

  test('has the index’s variant where its configuration leaves it out', async () => {
    const content = createContent();
    const v6 = { os: 'linux', architecture: 'arm', variant: 'v6' };
    const index = content.index([content.entry(content.image({ ...v6, variant: null }), v6)]);
    const server = await startServer(({ path }) => content.reply(path));
    assert.deepEqual((await client().candidate(reference(server), index, v6)).platform, v6);
  });

  test('FM63: is missing where the index promises a platform that the image is not for', async () => {
    const content = createContent();
    const index = content.index([content.entry(content.image(amd64), arm64)]);
    const server = await startServer(({ path }) => content.reply(path));
    await assert.rejects(client().candidate(reference(server), index, arm64), is('REGISTRY_PLATFORM_MISSING'));
  });

  test('may be stored on another host', async () => {
    const content = createContent();
    const digest = content.image(amd64);
    const storage = await startServer(({ path }) => content.reply(path));
    const server = await startServer(({ path }) =>
      path.includes('/blobs/')
        ? { status: 307, headers: { location: `http://${storage.host}${path}` } }
        : content.reply(path),
    );
    assert.equal((await client().candidate(reference(server), digest, amd64)).digest, digest);
  });

  test('is REGISTRY_ANSWER_INVALID where the content is not that of its digest', async () => {
    for (const kind of ['/manifests/', '/blobs/']) {
      const content = createContent();
      const digest = content.image(amd64);
      const other = createContent();
      const body = kind === '/blobs/' ? '{}' : other.stored.get(other.image(arm64));
      const server = await startServer(({ path }) =>
        path.includes(kind) ? { status: 200, body: body ?? '' } : content.reply(path),
      );
      await assert.rejects(client().candidate(reference(server), digest, amd64), is('REGISTRY_ANSWER_INVALID'));
    }
  });

  test('is REGISTRY_NOT_FOUND where a blob is missing', async () => {
    const content = createContent();
    const digest = content.image(amd64);
    const server = await startServer(({ path }) => (path.includes('/blobs/') ? { status: 404 } : content.reply(path)));
    await assert.rejects(client().candidate(reference(server), digest, amd64), is('REGISTRY_NOT_FOUND'));
  });

  const unsupported: readonly (readonly [string, object])[] = [
    ['an image of schema 1', { schemaVersion: 1, fsLayers: [] }],
    [
      'an artifact',
      {
        schemaVersion: 2,
        config: { mediaType: 'application/vnd.cncf.helm.config.v1+json', digest: digestOf('x'), size: 1 },
        layers: [],
      },
    ],
  ];
  for (const [name, manifest] of unsupported) {
    test(`is REGISTRY_MANIFEST_UNSUPPORTED where it is ${name}`, async () => {
      const content = createContent();
      const digest = content.add(manifest);
      const server = await startServer(({ path }) => content.reply(path));
      await assert.rejects(client().candidate(reference(server), digest, amd64), is('REGISTRY_MANIFEST_UNSUPPORTED'));
    });
  }

  const invalid: readonly (readonly [string, object])[] = [
    ['has no schema version', { manifests: [] }],
    ['names a malformed digest', { schemaVersion: 2, manifests: [{ digest: 'sha256:../../x' }] }],
    ['has no configuration', { schemaVersion: 2, layers: [] }],
  ];
  for (const [name, manifest] of invalid) {
    test(`is REGISTRY_ANSWER_INVALID where the manifest ${name}`, async () => {
      const content = createContent();
      const digest = content.add(manifest);
      const server = await startServer(({ path }) => content.reply(path));
      await assert.rejects(client().candidate(reference(server), digest, amd64), is('REGISTRY_ANSWER_INVALID'));
    });
  }

  test('is REGISTRY_ANSWER_INVALID where indexes are nested without end', async () => {
    const content = createContent();
    let digest = content.index([]);
    for (let i = 0; i < 10; i += 1) digest = content.index([{ ...content.entry(digest), mediaType: ociIndex }]);
    const server = await startServer(({ path }) => content.reply(path));
    await assert.rejects(client().candidate(reference(server), digest, amd64), is('REGISTRY_ANSWER_INVALID'));
    assert.ok(server.seen.length < 10);
  });
});

describe('content that is read', () => {
  const manifest = JSON.stringify({ schemaVersion: 2, config: { digest: digestOf('{}'), size: 2 }, layers: [] });
  const reads = async (body: string | Buffer, wanted: Wanted) => {
    const server = await startServer(() => ({ status: 200, body }));
    return client().read(reference(server), wanted);
  };

  test('is held to its digest, be it a manifest or a blob', async () => {
    const other = digestOf('something else');
    await assert.rejects(reads(manifest, { manifest: other }), is('REGISTRY_ANSWER_INVALID'));
    await assert.rejects(reads('text', { blob: other }), is('REGISTRY_ANSWER_INVALID'));
    assert.equal((await reads('text', { blob: digestOf('text') }))?.toString(), 'text');
  });

  test('has at most 4 MiB', async () => {
    const large = Buffer.alloc(4 * 1024 * 1024 + 1);
    await assert.rejects(reads(large, { blob: digestOf(large) }), is('REGISTRY_ANSWER_INVALID'));
  });

  test('is not absent where the registry does not say so', async () => {
    for (const [status, code] of [
      [401, 'REGISTRY_UNAUTHORIZED'],
      [403, 'REGISTRY_UNAUTHORIZED'],
      [500, 'REGISTRY_FAILED'],
    ] as const) {
      const server = await startServer(() => ({ status }));
      await assert.rejects(client().read(reference(server), { manifest: 'sha256-abc.sig' }), is(code));
    }
  });

  test('is no page that a captive portal shows in its place', async () => {
    await assert.rejects(reads('<html>', { manifest: 'sha256-abc.sig' }), is('REGISTRY_ANSWER_INVALID'));
  });
});
