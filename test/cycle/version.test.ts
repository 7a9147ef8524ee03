import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { bumpOf, localVersion, unknownVersion } from '../../core/cycle/version.ts';
import type { Bump } from '../../core/events.ts';
import { sampleVersion } from '../kit/samples.ts';

describe('how far apart two versions are', () => {
  const cases: readonly (readonly [string | null, string | null, Bump])[] = [
    ['1.2.3', '2.0.0', 'major'],
    ['1.2.3', '1.3.0', 'minor'],
    ['1.2.3', '1.2.4', 'patch'],
    ['1.2.3', '1.2.3', 'digest'],
    ['1.2', '1.2.1', 'patch'],
    ['15', '16', 'major'],
    ['v1.2.3', '1.3.0', 'minor'],
    ['2.0.0', '1.9.9', 'major'],
    // Built anew, or for another base: the same release.
    ['1.2.3-alpine3.19', '1.2.3-alpine3.20', 'digest'],
    ['1.2.3+build1', '1.2.3+build2', 'digest'],
    ['nightly', 'nightly', 'digest'],
    ['nightly', '1.0.0', 'unknown'],
    ['2024-01-01', '2024-02-01', 'digest'],
    [null, '1.0.0', 'unknown'],
    ['1.0.0', null, 'unknown'],
    [null, null, 'unknown'],
    ['1.2.3.4', '1.2.3.5', 'unknown'],
  ];
  for (const [from, to, bump] of cases) {
    test(`from ${from} to ${to} is ${bump}`, () => {
      assert.equal(bumpOf(sampleVersion({ version: from }), sampleVersion({ version: to })), bump);
    });
  }
});

describe('what is known of an image', () => {
  const image = { Id: 'sha256:1', Os: 'linux', Architecture: 'amd64' };
  const stated = { version: '1', revision: 'abc', source: 'https://git.example' };

  test('is what its labels state', () => {
    const Labels = Object.fromEntries(
      Object.entries(stated).map(([name, value]) => [`org.opencontainers.image.${name}`, value]),
    );
    const version = localVersion('web:1', { ...image, Created: '2026-01-01', Config: { Labels } }, 'sha256:d');
    const ids = { reference: 'web:1', digest: 'sha256:d', imageId: 'sha256:1', created: '2026-01-01' };
    assert.deepEqual(version, { ...ids, ...stated, platform: 'linux/amd64' });
  });

  test('is null where it states nothing, or an empty text', () => {
    const Labels = { 'org.opencontainers.image.version': '' };
    const { version, created } = localVersion('web:1', { ...image, Config: { Labels } }, null);
    assert.deepEqual([version, created], [null, null]);
    assert.equal(localVersion('web:1', { ...image, Config: null }, null).version, null);
    assert.equal(unknownVersion('web:1', 'sha256:1').imageId, 'sha256:1');
  });
});
