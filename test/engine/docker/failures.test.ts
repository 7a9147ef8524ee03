import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { connectionError, pullError, statusError } from '../../../core/engine/docker/failures.ts';
import type { Code } from '../../../core/errors/catalogue.ts';

const asked = { method: 'POST', path: '/containers/web/start' };

describe('an answer of the engine', () => {
  const statuses: readonly (readonly [number, Code])[] = [
    [400, 'ENGINE_REFUSED'],
    [401, 'ENGINE_FORBIDDEN'],
    [403, 'ENGINE_FORBIDDEN'],
    [404, 'ENGINE_NOT_FOUND'],
    [405, 'ENGINE_FORBIDDEN'],
    [409, 'ENGINE_CONFLICT'],
    [500, 'ENGINE_FAILED'],
    [502, 'ENGINE_FAILED'],
  ];
  for (const [status, code] of statuses) {
    test(`of ${status} is ${code}, in the engine's own words`, () => {
      const error = statusError(asked, status, '{"message":"the words\\n"}');
      assert.deepEqual([error.code, error.message], [code, 'the words']);
    });
  }

  for (const [words, code] of [
    ['joining network namespace of container: No such container: 4db9', 'ENGINE_NOT_FOUND'],
    ['unable to find network with name or ID front: network not found', 'ENGINE_NOT_FOUND'],
    ['the container name "web" is already in use by c298', 'ENGINE_CONFLICT'],
    ['container b465 must be in Created or Stopped state to be started: container state improper', 'ENGINE_CONFLICT'],
    ['running or paused containers cannot be removed without force: container state improper', 'ENGINE_CONFLICT'],
    ['names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*: invalid argument', 'ENGINE_REFUSED'],
    ['cannot listen on the TCP port: listen tcp4 127.0.0.1:81: bind: address already in use', 'ENGINE_FAILED'],
  ] as const) {
    test(`of 500 says by its words what it is: ${words}`, () => {
      assert.equal(statusError(asked, 500, JSON.stringify({ message: words })).code, code);
    });
  }

  test('that speaks of a full disk says so, whatever its status', () => {
    const error = statusError(asked, 500, '{"message":"write /x: no space left on device"}');
    assert.equal(error.code, 'ENGINE_NO_SPACE');
  });

  test('of 403 to a start is no proxy when the address is taken', () => {
    assert.equal(statusError(asked, 403, '{"message":"Address already in use"}').code, 'ENGINE_FAILED');
  });

  test('without words of its own names the request', () => {
    const words = 'POST /containers/web/start was answered with 403';
    assert.equal(statusError(asked, 403, '').message, words);
    assert.equal(statusError(asked, 403, '<html><h1>Forbidden</h1></html>').message, words);
  });

  test('in plain text gives its first line', () => {
    assert.equal(statusError(asked, 403, 'denied by rule 7\nmore').message, 'denied by rule 7');
  });
});

describe('a connection to the engine', () => {
  const host = 'unix:///run/docker.sock';
  const broken = (code: string) => connectionError(asked, host, Object.assign(new Error('it broke'), { code }));

  test('that cannot be made is ENGINE_UNREACHABLE and names the address', () => {
    for (const code of ['ENOENT', 'ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'EACCES']) {
      assert.equal(broken(code).code, 'ENGINE_UNREACHABLE');
      assert.match(broken(code).message, /unix:\/\/\/run\/docker\.sock/);
    }
  });

  test('that breaks off is ENGINE_ANSWER_INVALID and names the request', () => {
    assert.equal(broken('ECONNRESET').code, 'ENGINE_ANSWER_INVALID');
    assert.match(broken('ECONNRESET').message, /POST \/containers\/web\/start broke off: it broke/);
    assert.equal(connectionError(asked, host, 'a string').code, 'ENGINE_ANSWER_INVALID');
  });
});

describe('a failed pull', () => {
  const messages: readonly (readonly [string, Code])[] = [
    ['manifest for web:1 not found: manifest unknown: manifest unknown', 'REGISTRY_NOT_FOUND'],
    ['repository web not found: does not exist or no pull access', 'REGISTRY_NOT_FOUND'],
    ['pull access denied for web, repository does not exist or may require', 'REGISTRY_UNAUTHORIZED'],
    ['Get "https://r/v2/web": no basic auth credentials', 'REGISTRY_UNAUTHORIZED'],
    ['unauthorized: authentication required', 'REGISTRY_UNAUTHORIZED'],
    ['toomanyrequests: You have reached your pull rate limit', 'REGISTRY_RATE_LIMITED'],
    ['error parsing HTTP 429 response body: unexpected end of JSON input: ""', 'REGISTRY_RATE_LIMITED'],
    ['error parsing HTTP 403 response body: invalid character', 'REGISTRY_UNAUTHORIZED'],
    ['error parsing HTTP 404 response body: unexpected end of JSON input: ""', 'REGISTRY_NOT_FOUND'],
    ['received unexpected HTTP status: 500 Internal Server Error', 'REGISTRY_FAILED'],
    ['received unexpected HTTP status: 503 Service Unavailable', 'REGISTRY_FAILED'],
    ['no matching manifest for linux/arm64/v8 in the manifest list entries', 'REGISTRY_PLATFORM_MISSING'],
    ['x509: certificate signed by unknown authority', 'REGISTRY_TLS'],
    ['dial tcp 127.0.0.1:1: connect: connection refused', 'REGISTRY_UNREACHABLE'],
    ['dial tcp: lookup registry.invalid: no such host', 'REGISTRY_UNREACHABLE'],
    ['write /var/lib/docker/tmp/x: no space left on device', 'ENGINE_NO_SPACE'],
    ['download failed after attempts=6: unexpected EOF', 'PULL_FAILED'],
    ['failed to copy: could not fetch content descriptor sha256:24 (…) from remote: not found', 'PULL_FAILED'],
    ['failed commit on ref "manifest-sha256:31": commit failed: lease does not exist: not found', 'PULL_FAILED'],
    [
      'failed commit on ref "manifest-sha256:b6": commit failed: rename /a/data /b: no such file or directory',
      'PULL_FAILED',
    ],
    ['lease does not exist: not found', 'PULL_FAILED'],
    ['initializing source docker://r/web: reading manifest latest in r/web: StatusCode: 429', 'REGISTRY_RATE_LIMITED'],
    ['choosing an image from manifest list: no image found in image index for OS linux', 'REGISTRY_PLATFORM_MISSING'],
  ];
  for (const [message, code] of messages) {
    test(`is ${code} where the engine says “${message}”`, () => {
      assert.deepEqual([pullError(message).code, pullError(message).message], [code, message]);
    });
  }
});
