import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { hasCode } from '../../core/errors/app-error.ts';
import type { Platform, PullCredentials, Registry, Wanted } from '../../core/registry/port.ts';
import { parseReference } from '../../core/registry/reference.ts';
import { digestOf, type Recipe } from './push.ts';

/** A registry under test and the means to fill it. */
export interface Subject {
  readonly registry: Registry;
  /** The host that stands before repositories in references. */
  readonly host: string;
  readonly credentials: PullCredentials | undefined;
  /** Points a tag at an image. Resolves with the digest. */
  put(reference: string, recipe: Recipe): Promise<string>;
  putIndex(reference: string, recipes: readonly Recipe[]): Promise<string>;
  /** Points a tag at a manifest, byte for byte, that names one blob. */
  putContent(reference: string, content: { readonly manifest: string; readonly blob: string }): Promise<void>;
  close(): Promise<void>;
}

const ociManifest = 'application/vnd.oci.image.manifest.v1+json';
const amd64: Platform = { os: 'linux', architecture: 'amd64', variant: null };
const arm64: Platform = { os: 'linux', architecture: 'arm64', variant: null };
const arm = (variant: string | null): Platform => ({ os: 'linux', architecture: 'arm', variant });

/** What every registry must do, the fake as well as a real one. */
export function registryConformance(name: string, open: () => Promise<Subject>): void {
  describe(name, () => {
    let subject: Subject;
    before(async () => {
      subject = await open();
    });
    after(() => subject?.close());

    const named = (text: string) => `${subject.host}/${text}`;
    const digest = (text: string) => subject.registry.digest(parseReference(named(text)));
    const candidate = (text: string, of: string, platform: Platform) =>
      subject.registry.candidate(parseReference(named(text)), of, platform);

    test('tells the digest that a tag points at', async () => {
      const pushed = await subject.put(named('team/plain:1.0'), { bytes: 100 });
      assert.equal(await digest('team/plain:1.0'), pushed);
    });

    test('tells the digest of an index, not of a platform in it', async () => {
      const pushed = await subject.putIndex(named('multi:1'), [{ platform: amd64 }, { platform: arm64 }]);
      assert.equal(await digest('multi:1'), pushed);
    });

    test('sees a moved tag in the next cycle, and gives one answer within a cycle', async () => {
      const first = await subject.put(named('moving:latest'), { labels: { release: '1' } });
      subject.registry.beginCycle();
      assert.equal(await digest('moving'), first);
      const second = await subject.put(named('moving:latest'), { labels: { release: '2' } });
      assert.notEqual(second, first);
      assert.equal(await digest('moving'), first);
      subject.registry.beginCycle();
      assert.equal(await digest('moving'), second);
    });

    test('tells whether a repository has a digest, whatever its tags point at', async () => {
      const { registry } = subject;
      const pushed = await subject.put(named('had:1'), { labels: { release: '1' } });
      await subject.put(named('had:1'), { labels: { release: '2' } });
      assert.equal(await registry.has(parseReference(named('had:1')), pushed), true);
      assert.equal(await registry.has(parseReference(named('had:1')), `sha256:${'ab'.repeat(32)}`), false);
      assert.equal(await registry.has(parseReference(named('never-had:1')), pushed), false);
    });

    test('lists the tags of a repository, and says of a missing one that it is not found', async () => {
      const { registry } = subject;
      for (const tag of ['1.0.0', '1.10.0', 'latest']) await subject.put(named(`listed:${tag}`), { labels: { tag } });
      const found = await registry.tags(parseReference(named('listed:1.0.0')));
      assert.deepEqual(found.toSorted(), ['1.0.0', '1.10.0', 'latest']);
      const missing = registry.tags(parseReference(named('never-listed:1')));
      await assert.rejects(missing, (error) => hasCode(error, 'REGISTRY_NOT_FOUND'));
    });

    test('answers for a reference that has only a digest without asking', async () => {
      const pinned = `sha256:${'ab'.repeat(32)}`;
      assert.equal(await digest(`nowhere@${pinned}`), pinned);
    });

    test('FM69: says of a missing tag and a missing repository that they are not found', async () => {
      await subject.put(named('present:1'), {});
      for (const text of ['present:2', 'absent:1']) {
        await assert.rejects(digest(text), (error) => hasCode(error, 'REGISTRY_NOT_FOUND'));
      }
    });

    test('tells what stands behind a digest', async () => {
      const recipe: Recipe = {
        platform: arm64,
        created: '2026-03-04T05:06:07Z',
        labels: { 'org.opencontainers.image.version': '1.2.3' },
        config: { Env: ['A=1'], Cmd: ['serve'] },
        bytes: 1234,
      };
      const pushed = await subject.put(named('described:1'), recipe);
      const found = await candidate('described:1', pushed, arm64);
      assert.match(found.configDigest, /^sha256:[0-9a-f]{64}$/);
      const { layers: _, ...told } = found;
      assert.deepEqual(told, {
        digest: pushed,
        manifestDigest: pushed,
        configDigest: found.configDigest,
        platform: arm64,
        created: '2026-03-04T05:06:07Z',
        labels: recipe.labels,
        config: { ...recipe.config, Labels: recipe.labels },
        downloadBytes: 1234,
      });
    });

    test('FM65: finds the image of a platform behind an index', async () => {
      const recipes = [
        { platform: amd64, labels: { for: 'amd64' } },
        { platform: arm64, labels: { for: 'arm64' } },
      ];
      const index = await subject.putIndex(named('behind:1'), recipes);
      const found = await candidate('behind:1', index, arm64);
      assert.equal(found.digest, index);
      assert.notEqual(found.manifestDigest, index);
      assert.deepEqual(found.labels, { for: 'arm64' });
      assert.deepEqual(found.platform, arm64);
    });

    test('takes the closest older variant where the exact one is missing', async () => {
      const recipes = ['v5', 'v6'].map((variant) => ({ platform: arm(variant), labels: { for: variant } }));
      const index = await subject.putIndex(named('variants:1'), recipes);
      assert.deepEqual((await candidate('variants:1', index, arm('v7'))).labels, { for: 'v6' });
      assert.deepEqual((await candidate('variants:1', index, arm(null))).labels, { for: 'v6' });
      assert.deepEqual((await candidate('variants:1', index, arm('v5'))).labels, { for: 'v5' });
    });

    test('FM63: says that a platform is missing, from an index and from a plain manifest', async () => {
      const index = await subject.putIndex(named('narrow:index'), [{ platform: amd64 }, { platform: arm('v7') }]);
      const plain = await subject.put(named('narrow:plain'), { platform: amd64 });
      const missing = (error: unknown) => hasCode(error, 'REGISTRY_PLATFORM_MISSING');
      await assert.rejects(candidate('narrow:index', index, arm64), missing);
      await assert.rejects(candidate('narrow:index', index, arm('v6')), missing);
      await assert.rejects(candidate('narrow:plain', plain, arm64), missing);
    });

    test('reads a manifest by tag and by digest, and a blob, byte for byte', async () => {
      const blob = '{ "any" : "bytes" }\n';
      const descriptor = { mediaType: 'application/vnd.oci.image.config.v1+json', digest: digestOf(blob), size: 19 };
      const layers = [{ ...descriptor, mediaType: 'application/vnd.example+json' }];
      const content = { schemaVersion: 2, mediaType: ociManifest, config: descriptor, layers };
      const manifest = JSON.stringify(content, undefined, 3);
      await subject.putContent(named('team/artifact:sha256-abc.sig'), { manifest, blob });
      const read = async (wanted: Wanted) =>
        (await subject.registry.read(parseReference(named('team/artifact')), wanted))?.toString();
      assert.equal(await read({ manifest: 'sha256-abc.sig' }), manifest);
      assert.equal(await read({ manifest: digestOf(manifest) }), manifest);
      assert.equal(await read({ blob: digestOf(blob) }), blob);
      for (const absent of [{ manifest: 'sha256-def.sig' }, { manifest: digestOf('x') }, { blob: digestOf('x') }])
        assert.equal(await read(absent), undefined);
    });

    test('reads nothing of a repository that is not there', async () => {
      const { registry } = subject;
      assert.equal(await registry.read(parseReference(named('never-had/artifact')), { manifest: 'a' }), null);
    });

    test('reads nothing by a name that is no tag and no digest', async () => {
      const { registry } = subject;
      for (const wanted of [
        { manifest: '../tags/list' },
        { manifest: '' },
        { blob: 'latest' },
        { blob: 'sha256:../x' },
      ]) {
        const reading = registry.read(parseReference(named('team/artifact')), wanted);
        await assert.rejects(reading, (error) => hasCode(error, 'REFERENCE_INVALID'));
      }
    });

    test('tells the credentials that a pull needs', async () => {
      const reference = parseReference(named('team/plain:1.0'));
      assert.deepEqual(await subject.registry.pullCredentials(reference), subject.credentials);
    });
  });
}
