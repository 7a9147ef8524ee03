import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { hasCode } from '../../core/errors/app-error.ts';
import type { Reference } from '../../core/registry/port.ts';
import {
  formatReference,
  parseReference,
  registryHost,
  registryKey,
  repositoryName,
  sameRepository,
  withTag,
} from '../../core/registry/reference.ts';

const sha = `sha256:${'0f'.repeat(32)}`;
const long = 'a'.repeat(128);

/** What is written, and registry, repository, tag and digest as understood. */
const understood: readonly (readonly [string, ...(string | null)[]])[] = [
  ['nginx', 'docker.io', 'library/nginx', 'latest', null],
  ['nginx:1.27', 'docker.io', 'library/nginx', '1.27', null],
  ['a/b', 'docker.io', 'a/b', 'latest', null],
  ['a/b/c:x', 'docker.io', 'a/b/c', 'x', null],
  ['docker.io/nginx', 'docker.io', 'library/nginx', 'latest', null],
  ['docker.io/library/nginx', 'docker.io', 'library/nginx', 'latest', null],
  ['index.docker.io/nginx', 'docker.io', 'library/nginx', 'latest', null],
  ['index.docker.io/a/b', 'docker.io', 'a/b', 'latest', null],
  ['registry-1.docker.io/library/nginx', 'registry-1.docker.io', 'library/nginx', 'latest', null],
  ['ghcr.io/a/b', 'ghcr.io', 'a/b', 'latest', null],
  ['ghcr.io/nginx', 'ghcr.io', 'nginx', 'latest', null],
  ['localhost/app', 'localhost', 'app', 'latest', null],
  ['localhost:5000/app:1', 'localhost:5000', 'app', '1', null],
  ['host:5000/app', 'host:5000', 'app', 'latest', null],
  ['Registry/app', 'Registry', 'app', 'latest', null],
  ['127.0.0.1:5000/team/app', '127.0.0.1:5000', 'team/app', 'latest', null],
  ['[::1]:5000/app', '[::1]:5000', 'app', 'latest', null],
  ['[2001:db8::1]/app', '[2001:db8::1]', 'app', 'latest', null],
  ['app:5000', 'docker.io', 'library/app', '5000', null],
  [`nginx@${sha}`, 'docker.io', 'library/nginx', null, sha],
  [`nginx:1.27@${sha}`, 'docker.io', 'library/nginx', '1.27', sha],
  [`host:5000/app@${sha}`, 'host:5000', 'app', null, sha],
  [`nginx@sha512:${'a'.repeat(128)}`, 'docker.io', 'library/nginx', null, `sha512:${'a'.repeat(128)}`],
  [`app:${long}`, 'docker.io', 'library/app', long, null],
  ['a__b/c--d/e.f_g', 'docker.io', 'a__b/c--d/e.f_g', 'latest', null],
];

const refused: readonly string[] = [
  '',
  ':tag',
  'nginx:',
  'Nginx',
  'a/B',
  'host.example/Team/app',
  'a//b',
  '/a',
  'a/',
  'a..b',
  'a___b',
  '-a',
  'a-',
  'a b',
  'app:tag with space',
  'app:-x',
  `app:${long}a`,
  'app@sha256:abc',
  `app@sha256:${'A'.repeat(64)}`,
  `app@md5:${'a'.repeat(32)}`,
  `app@${sha}@${sha}`,
  'host:port/app',
  'https://ghcr.io/a/b',
  '-host.example/app',
  sha,
  'f'.repeat(64),
  `${'a'.repeat(130)}/${'b'.repeat(130)}`,
];

describe('a reference', () => {
  for (const [text, registry, repository, tag, digest] of understood) {
    test(`${text.slice(0, 60)} is understood`, () => {
      assert.deepEqual(parseReference(text), { registry, repository, tag, digest });
    });
  }

  for (const text of refused) {
    test(`"${text.slice(0, 60)}" is refused`, () => {
      assert.throws(
        () => parseReference(text),
        (error) => hasCode(error, 'REFERENCE_INVALID'),
      );
    });
  }

  test('parses to itself again after it was formatted', () => {
    fc.assert(
      fc.property(references, (reference) => {
        assert.deepEqual(parseReference(formatReference(reference)), reference);
      }),
    );
  });

  test('never throws anything but REFERENCE_INVALID, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'aB0:/@.-_[]') })), (text) => {
        try {
          const reference = parseReference(text);
          assert.deepEqual(parseReference(formatReference(reference)), reference);
        } catch (error) {
          assert.ok(hasCode(error, 'REFERENCE_INVALID'), `${error}`);
        }
      }),
    );
  });
});

describe('the names of a repository', () => {
  const names: readonly (readonly [string, string])[] = [
    ['docker.io/library/nginx', 'nginx'],
    ['docker.io/a/b', 'a/b'],
    ['docker.io/library/a/b', 'library/a/b'],
    ['docker.io/localhost/b', 'docker.io/localhost/b'],
    ['docker.io/a.b/c', 'docker.io/a.b/c'],
    ['ghcr.io/a/b:1', 'ghcr.io/a/b'],
    ['host:5000/a', 'host:5000/a'],
  ];
  for (const [text, name] of names) {
    test(`${text} is pulled and tagged as ${name}`, () => assert.equal(repositoryName(parseReference(text)), name));
  }

  test('every way to write a registry has one key', () => {
    for (const alias of ['docker.io', 'https://index.docker.io/v1/', 'registry-1.docker.io', 'INDEX.docker.io/v2/']) {
      assert.equal(registryKey(alias), 'docker.io');
    }
    assert.equal(registryKey('https://Registry.example:5000/v2/'), 'registry.example:5000');
  });

  test('Docker Hub is spoken to at its API host', () => {
    assert.equal(registryHost('docker.io'), 'registry-1.docker.io');
    assert.equal(registryHost('Ghcr.io'), 'ghcr.io');
  });
});

const component = fc.stringMatching(/^[a-z0-9]{1,6}((\.|_|__|-{1,3})[a-z0-9]{1,6}){0,2}$/);
const repository = fc.array(component, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
const tag = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}$/);
const digest = fc.stringMatching(/^[0-9a-f]{64}$/).map((hex) => `sha256:${hex}`);
const elsewhere = fc.stringMatching(
  /^([a-zA-Z0-9]{1,6}\.[a-z]{2,5}|localhost|[a-z]{1,5}:[0-9]{1,5}|\[::1\]:[0-9]{2,4})$/,
);
const references: fc.Arbitrary<Reference> = fc
  .record({
    name: fc.oneof(
      fc.record({ registry: elsewhere, repository }),
      component.map((name) => ({ registry: 'docker.io', repository: `library/${name}` })),
      fc.tuple(component, repository).map(([a, b]) => ({ registry: 'docker.io', repository: `${a}/${b}` })),
      repository.map((name) => ({ registry: 'docker.io', repository: `localhost/${name}` })),
    ),
    version: fc.oneof(
      fc.record({ tag, digest: fc.constant(null) }),
      fc.record({ tag: fc.constant(null), digest }),
      fc.record({ tag, digest }),
    ),
  })
  .filter(({ name }) => name.registry !== 'index.docker.io')
  .map(({ name, version }) => ({ ...name, ...version }));

test('a reference gets another tag and stays as it was written', () => {
  for (const [text, expected] of [
    ['nginx:1.0', 'nginx:1.1'],
    ['docker.io/library/nginx:1.0', 'docker.io/library/nginx:1.1'],
    ['host:5000/a/b:1.0', 'host:5000/a/b:1.1'],
    ['host:5000/a/b', 'host:5000/a/b:1.1'],
  ] as const) {
    assert.equal(withTag(text, '1.1'), expected);
  }
});

test('references are of one repository whatever their tags, and however they are written', () => {
  for (const [a, b, same] of [
    ['nginx:1', 'docker.io/library/nginx:2', true],
    ['ghcr.io/a/b:1', `ghcr.io/a/b@${sha}`, true],
    ['nginx:1', 'ghcr.io/library/nginx:1', false],
    [sha, sha, true],
    [sha, 'nginx:1', false],
  ] as const) {
    assert.equal(sameRepository(a, b), same, `${a} and ${b}`);
  }
});
