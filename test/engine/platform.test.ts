import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { enginePlatform, imagePlatform } from '../../core/engine/platform.ts';
import type { EngineInfo } from '../../core/engine/port.ts';

const info = (architecture: string): EngineInfo => ({
  ...{ id: 'x', name: 'nas', version: '1', apiVersion: '1.41', os: 'linux', storageDriver: 'overlay2' },
  imageStore: 'classic',
  architecture,
  cannot: [],
});

describe('a platform', () => {
  const kernels = { x86_64: 'amd64', aarch64: 'arm64', armv7l: 'arm', armv6l: 'arm', i686: '386', riscv64: 'riscv64' };
  for (const [kernel, architecture] of Object.entries(kernels)) {
    test(`of an engine that says ${kernel} is ${architecture}`, () => {
      assert.equal(enginePlatform(info(kernel)).architecture, architecture);
    });
  }

  test('of an image has a variant only where it states one', () => {
    const image = { Id: 'x', Os: 'linux', Architecture: 'arm' };
    assert.deepEqual(imagePlatform({ ...image, Variant: 'v7' }), { os: 'linux', architecture: 'arm', variant: 'v7' });
    assert.equal(imagePlatform({ ...image, Variant: '' }).variant, null);
    assert.equal(imagePlatform(image).variant, null);
  });
});
