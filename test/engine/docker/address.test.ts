import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { EngineSettings } from '../../../core/config/settings.ts';
import { engineAddress } from '../../../core/engine/docker/address.ts';
import { withCode } from '../stage.ts';

const address = (host: string, more: Partial<EngineSettings> = {}) =>
  engineAddress({ host, tlsVerify: false, certPath: null, apiVersion: null, ...more });

describe("the engine's address", () => {
  const folder = mkdtempSync(join(tmpdir(), 'belfry-certificates-'));
  for (const file of ['ca.pem', 'cert.pem', 'key.pem']) writeFileSync(join(folder, file), file);
  after(() => rmSync(folder, { recursive: true }));

  test('is a socket’s path', () => {
    assert.deepEqual(address('unix:///run/user/1000/docker.sock'), { socketPath: '/run/user/1000/docker.sock' });
  });

  test('takes plain HTTP for tcp, on port 2375 where none is given', () => {
    const plain = { host: 'engine.lan', port: 2375, protocol: 'http' };
    for (const host of ['tcp://engine.lan', 'tcp://engine.lan:2375', 'engine.lan', 'http://engine.lan:2375']) {
      assert.deepEqual(address(host), plain);
    }
    assert.deepEqual(address('engine.lan:4243'), { ...plain, port: 4243 });
  });

  test('keeps an IPv6 host without its brackets', () => {
    assert.deepEqual(address('tcp://[::1]:2375'), { host: '::1', port: 2375, protocol: 'http' });
  });

  test('takes TLS for port 2376, for https and for a folder of certificates', () => {
    for (const [host, port] of [
      ['tcp://engine:2376', 2376],
      ['https://engine', 2376],
      ['https://engine:8443', 8443],
    ] as const) {
      const found = address(host);
      assert.deepEqual([found.protocol, found.port], ['https', port]);
    }
    const found = address('tcp://engine', { certPath: folder });
    assert.deepEqual([found.protocol, found.port], ['https', 2376]);
    assert.equal(found.ca?.toString(), 'ca.pem');
    assert.equal(found.cert?.toString(), 'cert.pem');
    assert.equal(found.key?.toString(), 'key.pem');
  });

  test('looks at the name in a certificate only where it is to verify', () => {
    assert.equal(address('tcp://engine', { certPath: folder }).checkServerIdentity?.(), undefined);
    assert.ok(!('checkServerIdentity' in address('tcp://engine', { certPath: folder, tlsVerify: true })));
  });

  test('that cannot be used is ENGINE_HOST_INVALID', () => {
    for (const host of ['unix://relative.sock', 'ssh://engine', 'tcp://', 'npipe:////./pipe/docker', 'tcp://a b']) {
      assert.throws(() => address(host), withCode('ENGINE_HOST_INVALID'), host);
    }
    const missing = { certPath: join(folder, 'missing'), tlsVerify: true };
    assert.throws(() => address('tcp://engine', missing), withCode('ENGINE_HOST_INVALID'));
  });
});
