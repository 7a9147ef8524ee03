import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { FollowRule } from '../../../core/config/settings.ts';
import { newerTags } from '../../../core/cycle/following/newer-tags.ts';
import { compareVersions, readVersion } from '../../../core/cycle/following/version.ts';
import { parseReference } from '../../../core/registry/reference.ts';
import { anyTag } from './arbitrary.ts';

const any: FollowRule = { range: 'major', include: null, exclude: null, transform: null, prerelease: false };

async function found(current: string, tags: readonly string[], rule: Partial<FollowRule> = {}) {
  const reference = parseReference(`registry.example/web:${current}`);
  const newer = await newerTags(reference, { ...any, ...rule }, async () => tags);
  return newer?.map(({ tag }) => tag);
}

const best = async (...asked: Parameters<typeof found>) => (await found(...asked))?.[0];

describe('of the tags of a repository', () => {
  const published = [
    ...['1.0.0', '1.0.1', '1.2.0', '1.3.0-rc1', '2.0.0', '2.0.0-alpine', '1.9.0-alpine', 'latest', '1', '1.2', '2'],
    ...['v3.0.0', '20240115', '1.2.0.1'],
  ];
  const cases: readonly (readonly [string, Partial<FollowRule>, string | undefined])[] = [
    ['1.0.0', { range: '^1' }, '1.2.0'],
    ['1.0.0', { range: '~1.0' }, '1.0.1'],
    ['1.0.0', { range: 'patch' }, '1.0.1'],
    ['1.0.0', { range: 'minor' }, '1.2.0'],
    ['1.0.0', { range: 'major' }, '2.0.0'],
    ['1.0.0', { range: null, include: '^1\\.' }, '1.2.0'],
    ['1.0.0', { range: '^1', prerelease: true }, '1.3.0-rc1'],
    ['1.0.0', { range: '^1', prerelease: true, exclude: 'rc' }, '1.2.0'],
    ['1.0.0', { range: '1.0.1 - 1.1' }, '1.0.1'],
    ['1.0.0', { range: '<1 || >=2 <3' }, '2.0.0'],
    ['1.2.0', { range: '^1' }, undefined],
    ['2.0.0', { range: '^1' }, undefined],
    ['3.0.0', { range: 'major' }, undefined],
    ['1.8.0-alpine', { range: '>=1' }, '2.0.0-alpine'],
    ['1', { range: '*' }, '2'],
    ['1.2', { range: 'major' }, undefined],
    ['1.3.0-rc1', { range: '^1' }, undefined],
    ['1.3.0-beta1', { range: '^1', prerelease: true }, '1.3.0-rc1'],
    ['2.0.0-rc1', { range: '>=2.0.0' }, '2.0.0'],
  ];
  for (const [current, rule, expected] of cases) {
    test(`${current} with ${JSON.stringify(rule)} moves on to ${expected ?? 'none'}`, async () => {
      assert.equal(await best(current, published, rule), expected);
    });
  }

  test('calendar versions go by their numbers, whatever zeros they lead with', async () => {
    assert.equal(await best('24.04', ['22.04', '24.04', '24.10', '25.04', '26.04'], { range: '>=24.04 <26' }), '25.04');
    assert.equal(await best('2024.01.9', ['2024.01.10', '2024.1.9', '2023.12.31']), '2024.01.10');
    assert.deepEqual(await found('24.04', ['24.5', '24.05']), ['24.05', '24.5']);
    assert.deepEqual(await found('24.4', ['24.05', '24.5']), ['24.5', '24.05']);
  });

  test('the text that a transform makes is what must keep its shape', async () => {
    const transform = { pattern: '^(\\d+\\.\\d+\\.\\d+)-ls(\\d+)$', replacement: '$1.$2' };
    const tags = ['1.2.3-ls9', '1.2.3-ls11', '1.3.0-ls2', '1.4.0', '1.4.0-ls', 'latest', '2.0.0-ls1'];
    assert.equal(await best('1.2.3-ls10', tags, { range: '^1', transform }), '1.3.0-ls2');
    assert.equal(await best('1.2.3-ls10', tags, { range: 'patch', transform }), '1.2.3-ls11');
    const date = 'RELEASE\\.(\\d+)-(\\d+)-(\\d+)T(\\d+)-(\\d+)-(\\d+)Z$';
    const minio = { pattern: date, replacement: '$1.$2.$3.$4.$5.$6' };
    const releases = [
      'RELEASE.2024-01-16T16-07-38Z',
      'RELEASE.2024-02-04T22-36-13Z',
      'RELEASE.2024-02-04T22-36-13Z-fips',
    ];
    assert.equal(await best('RELEASE.2024-01-16T16-07-38Z', releases, { transform: minio }), releases[1]);
  });

  test('none is asked for where the own tag states no version, or the transform does not match it', async () => {
    const tagsOf = () => assert.fail('asked');
    const rule = { ...any, transform: { pattern: '^v(.+)$', replacement: '$1' } };
    assert.equal(await newerTags(parseReference('web:latest'), any, tagsOf), undefined);
    assert.equal(await newerTags(parseReference('web:1.0'), rule, tagsOf), undefined);
  });
});

describe('what a container moves on to', () => {
  const worlds = fc.record({
    current: anyTag,
    tags: fc.array(anyTag, { maxLength: 30 }),
    range: fc.constantFrom('major', 'minor', 'patch', '^1', '>=2 <20', '*'),
    prerelease: fc.boolean(),
  });
  const version = (tag: string) => {
    const read = readVersion(tag);
    assert.ok(read, tag);
    return read;
  };

  test('is newer, of the same shape, of the range, and no pre-release unless asked', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async ({ current, tags, range, prerelease }) => {
        for (const tag of (await found(current, tags, { range, prerelease })) ?? []) {
          const [before, after] = [version(current), version(tag)];
          assert.equal(after.shape, before.shape);
          assert.ok(compareVersions(after, before) > 0);
          if (!prerelease) assert.equal(after.prerelease, null);
          if (range === 'minor' || range === 'patch') assert.equal(after.numbers[0], before.numbers[0]);
          if (range === 'patch') assert.equal(after.numbers[1], before.numbers[1]);
          if (range === '^1') assert.equal(after.numbers[0], 1);
          if (range === '>=2 <20') assert.ok((after.numbers[0] ?? 0) >= 2 && (after.numbers[0] ?? 0) < 20);
        }
      }),
    );
  });

  test('is the newest, does not hang on the order of the list, and is where it stays', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async ({ current, tags, range, prerelease }) => {
        const rule = { range, prerelease };
        const all = (await found(current, tags, rule)) ?? [];
        assert.deepEqual(await found(current, tags.toSorted(), rule), all);
        const [first] = all;
        if (first === undefined) return;
        for (const tag of all) assert.ok(compareVersions(version(first), version(tag)) >= 0);
        assert.deepEqual(await found(first, tags, rule), []);
      }),
    );
  });
});
