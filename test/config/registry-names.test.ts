import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { registryNameProblems } from '../../core/config/registry-names.ts';

const problemsOf = (...names: readonly string[]) =>
  registryNameProblems(names, 'a.json').map(({ code, message }) => `${code} ${message}`);

describe('the name of a registry', () => {
  test('is a host, also as docker login writes it', () => {
    const names = ['https://index.docker.io/v1/', 'ghcr.io', 'REG.x.org', 'reg.y.org:5000', 'http://z/', '[::1]:5000'];
    assert.deepEqual(problemsOf(...names), []);
  });

  test('has no path, which would be heeded by nothing', () => {
    assert.deepEqual(problemsOf('REG.x.org/foo'), [
      'CONFIG_INVALID a.json: registries.REG.x.org/foo: expected reg.x.org alone, without /foo: what is said here holds for a whole registry.',
    ]);
  });

  test('is no other text', () => {
    for (const name of ['', 'a b', '*.example.org', 'ghcr.io:port', '/foo']) {
      assert.match(problemsOf(name).join(), /^CONFIG_INVALID .*: expected a host such as/, name);
    }
  });

  test('is there once, however it is written', () => {
    assert.deepEqual(problemsOf('docker.io', 'ghcr.io', 'https://index.docker.io/v1/'), [
      'CONFIG_CONFLICT a.json: registries.https://index.docker.io/v1/ and registries.docker.io are one registry, docker.io.',
    ]);
  });
});
