import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { normalizePlatform, platformDistance } from '../../core/registry/platform.ts';
import type { Platform } from '../../core/registry/port.ts';

function platform(text: string): Platform {
  const [os = '', architecture = '', variant = null] = text.split('/');
  return { os, architecture, variant };
}

describe('a platform', () => {
  /** Wanted, offered, and how far they are apart. */
  const cases: readonly (readonly [string, string, number | undefined])[] = [
    ['linux/amd64', 'linux/amd64', 0],
    ['linux/amd64', 'linux/x86_64', 0],
    ['linux/amd64', 'linux/amd64/v1', 0],
    ['linux/amd64', 'linux/amd64/v2', undefined],
    ['linux/amd64/v3', 'linux/amd64', 2],
    ['linux/arm64', 'linux/arm64/v8', 0],
    ['linux/arm64/v8', 'linux/aarch64', 0],
    ['linux/arm64/v9', 'linux/arm64', 1],
    ['linux/arm64', 'linux/arm/v7', undefined],
    ['linux/arm/v7', 'linux/arm', 0],
    ['linux/arm/v7', 'linux/arm/7', 0],
    ['linux/arm/v7', 'linux/arm/v6', 1],
    ['linux/arm/v6', 'linux/arm/v7', undefined],
    ['linux/arm/v6', 'linux/armel', 0],
    ['linux/arm', 'linux/armhf', 0],
    ['linux/amd64', 'windows/amd64', undefined],
    ['linux/386', 'linux/amd64', undefined],
    ['linux/riscv64', 'linux/riscv64', 0],
    ['linux/riscv64', 'linux/riscv64/rva23', undefined],
  ];
  for (const [wanted, offered, distance] of cases) {
    const says = distance === undefined ? 'does not run' : distance === 0 ? 'is served by' : 'falls back to';
    test(`${wanted} ${says} ${offered}`, () => {
      assert.equal(platformDistance(platform(wanted), platform(offered)), distance);
    });
  }

  test('has no variant where it is the usual one', () => {
    assert.deepEqual(normalizePlatform(platform('Linux/aarch64/8')), platform('linux/arm64'));
    assert.deepEqual(normalizePlatform(platform('linux/armel')), platform('linux/arm/v6'));
  });
});
