import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import fc from 'fast-check';
import Range from 'semver/classes/range.js';
import { containerSettings } from '../../core/config/container.ts';
import { isRange, readTransform, ruleFor } from '../../core/config/follow.ts';
import { loadSettings } from '../../core/config/load.ts';
import { AppErrors } from '../../core/errors/app-error.ts';

const folder = mkdtempSync(join(tmpdir(), 'belfry-follow-'));
after(() => rmSync(folder, { recursive: true }));

async function load(follow: unknown) {
  const config = join(folder, 'belfry.json');
  writeFileSync(config, JSON.stringify({ follow }));
  return (await loadSettings({ flags: { given: [], foreign: [], config }, env: {}, cwd: folder })).settings;
}
const defaults = await load([]);
const read = (labels: Record<string, string>) => containerSettings(labels, defaults);
const plain = { include: null, exclude: null, transform: null, prerelease: false };

describe('the follow labels', () => {
  test('give a rule', () => {
    assert.deepEqual(read({ 'belfry.follow': '^1' }).follow, { ...plain, range: '^1' });
    const labels = {
      'belfry.follow.include': '^1\\.',
      'belfry.follow.exclude': 'rc',
      'belfry.follow.transform': '^(.+)-ls\\d+$ => $1',
      'belfry.follow.prerelease': 'true',
    };
    assert.deepEqual(read(labels).follow, {
      range: null,
      ...{ include: '^1\\.', exclude: 'rc', prerelease: true },
      transform: { pattern: '^(.+)-ls\\d+$', replacement: '$1' },
    });
    assert.equal(read({ 'belfry.follow': 'none', 'belfry.follow.include': 'x' }).follow, 'none');
    assert.equal(read({ 'belfry.enable': 'true' }).follow, null);
  });

  test('that cannot be used are problems, so that the container is left alone', () => {
    const wrong = {
      'belfry.follow': 'newest',
      'belfry.follow.include': '(a+)+$',
      'belfry.follow.exclude': '[',
      'belfry.follow.transform': '^(.+)$',
      'belfry.follow.prerelease': 'perhaps',
    };
    for (const [name, value] of Object.entries(wrong)) {
      const { problems } = read({ 'belfry.follow': '^1', [name]: value });
      assert.equal(problems.length, 1);
      assert.ok(problems[0]?.startsWith(`The label ${name}=${value} is not `), problems[0]);
    }
    assert.equal(read({ 'belfry.follow': '^1', 'belfry.follow.include': 'a'.repeat(501) }).problems.length, 1);
  });

  test('that name nothing to follow are a problem', () => {
    for (const labels of [{ 'belfry.follow.exclude': 'rc' }, { 'belfry.follow.prerelease': 'true' }]) {
      assert.match(read(labels).problems.join(), /name no versions to follow/);
    }
  });

  test('exist under Belfry’s prefix only', () => {
    const { follow, warnings } = read({ 'com.centurylinklabs.watchtower.follow': '^1' });
    assert.equal(follow, null);
    assert.equal(warnings.length, 0);
  });

  test('misspelled are warned of', () => {
    assert.match(read({ 'belfry.follow.includes': 'x' }).warnings.join(), /Did you mean belfry\.follow\.include\?/);
  });
});

describe('the entries of follow', () => {
  test('count in their order, for the whole name of an image, after its labels', async () => {
    const settings = await load([
      { image: 'nginx', range: '^1' },
      { image: 'ghcr\\.io/acme/legacy', range: 'none' },
      { image: 'ghcr\\.io/acme/.*', include: '^v', prerelease: true },
    ]);
    const rangeOf = (image: string, labels: Record<string, string> = {}) =>
      ruleFor(image, containerSettings(labels, settings), settings);
    assert.deepEqual(rangeOf('nginx'), { ...plain, range: '^1' });
    assert.equal(rangeOf('bitnami/nginx'), null);
    assert.equal(rangeOf('ghcr.io/acme/legacy'), null);
    assert.deepEqual(rangeOf('ghcr.io/acme/app'), { ...plain, range: null, include: '^v', prerelease: true });
    assert.equal(rangeOf('nginx', { 'belfry.follow': 'patch' })?.range, 'patch');
    assert.equal(rangeOf('nginx', { 'belfry.follow': 'none' }), null);
  });

  test('that cannot be used are errors, all at once', async () => {
    const follow = [
      { image: '(a+)+', range: 'newest' },
      { image: 'nginx', include: '[', transform: 'x' },
      { image: 'redis', exclude: 'rc' },
    ];
    const error = await load(follow).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof AppErrors);
    assert.deepEqual(
      error.errors.map(({ code, message }) => `${code} ${message.slice(0, 40)}`),
      [
        'CONFIG_INVALID belfry.json: follow.0.range: "newest" is',
        'CONFIG_INVALID belfry.json: follow.0.image: "(a+)+" is ',
        'CONFIG_INVALID belfry.json: follow.1.include: "[" is no',
        'CONFIG_INVALID belfry.json: follow.1.transform: "x" is ',
        'CONFIG_INVALID belfry.json: follow.2 names no versions:',
      ],
    );
    assert.ok(error.errors.every(({ hint }) => hint.includes('docs/tag-following.md')));
    const unknown = await load([{ image: 'nginx', ranges: '^1' }]).catch((thrown: unknown) => thrown);
    assert.match(String(unknown), /CONFIG_UNKNOWN_KEY: .*Did you mean range\?/);
  });
});

describe('a range', () => {
  const taken = [
    '^1',
    '~1.27',
    '>=15 <17',
    '>= 15  < 17',
    '1.x',
    '*',
    'v1.2.3',
    '1.2 - 2',
    '^1 || ^3',
    '>=24.04',
    'none',
  ];
  for (const text of taken) test(`${text} is taken`, () => assert.ok(isRange(text)));

  const refused = [
    '',
    'newest',
    '^',
    '1.2.3.4',
    '>=1.0.0-rc.1',
    '^1 ||',
    '1 -',
    '- 1',
    'x.1',
    '1.x.1',
    'n',
    '1.1.1.x',
    '=>1',
    '9'.repeat(16),
    ' '.repeat(300),
  ];
  for (const text of refused) test(`"${text.slice(0, 20)}" is refused`, () => assert.ok(!isRange(text)));

  test('that is taken is one that semver reads', () => {
    const part = fc.constantFrom('0', '1', '17', 'x', '*', 'X');
    const partial = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('.'));
    const token = fc.tuple(fc.constantFrom('', '^', '~', '>', '>=', '<', '<=', '=', '~>', '> ', 'v', '^v'), partial);
    const set = fc.array(
      token.map(([operator, version]) => operator + version),
      { minLength: 1, maxLength: 3 },
    );
    const hyphen = fc.tuple(partial, partial).map(([from, to]) => [`${from} - ${to}`]);
    const ranges = fc.array(fc.oneof(set, hyphen), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(ranges, fc.constantFrom('', '|', 'a', '- '), (sets, noise) => {
        const text = sets.map((one) => one.join(' ')).join(' || ') + noise;
        if (isRange(text)) new Range(text);
      }),
    );
  });
});

test('a transform is a pattern, an arrow and what to make of it', () => {
  assert.deepEqual(readTransform('^v(.+)$ => $1'), { pattern: '^v(.+)$', replacement: '$1' });
  assert.deepEqual(readTransform('a=>b=>c'), { pattern: 'a', replacement: 'b=>c' });
  for (const text of ['', '=>', 'a =>', '=> b', '( => x', '(a+)+ => x', `${'a'.repeat(500)} => x`]) {
    assert.equal(readTransform(text), undefined);
  }
});
