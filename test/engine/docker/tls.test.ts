import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createDockerEngine } from '../../../core/engine/docker/engine.ts';
import { hasCode } from '../../../core/errors/app-error.ts';

describe('an engine behind TLS', () => {
  const trusted = mkdtempSync(join(tmpdir(), 'belfry-tls-'));
  const strange = mkdtempSync(join(tmpdir(), 'belfry-tls-'));
  let close = () => {};
  let host = '';

  before(async () => {
    makeCertificates(trusted);
    makeCertificates(strange);
    const read = (file: string) => readFileSync(join(trusted, file));
    const terms = { ca: read('ca.pem'), cert: read('server.pem'), key: read('key.pem'), requestCert: true };
    const server = createServer({ ...terms, rejectUnauthorized: true }, (_, response) => {
      response.setHeader('Api-Version', '1.44').end(JSON.stringify({ ID: 'behind-tls' }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    host = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
    close = () => {
      server.closeAllConnections();
      server.close();
    };
  });
  after(() => {
    close();
    for (const folder of [trusted, strange]) rmSync(folder, { recursive: true });
  });

  const info = (certPath: string, tlsVerify: boolean) =>
    createDockerEngine({ host, tlsVerify, certPath, apiVersion: null }).info();

  test('is spoken to with the certificates of DOCKER_CERT_PATH', async () => {
    assert.equal((await info(trusted, true)).id, 'behind-tls');
  });

  test('is refused where another authority signed it', async () => {
    await assert.rejects(info(strange, true), (error) => hasCode(error, 'ENGINE_ANSWER_INVALID', 'ENGINE_UNREACHABLE'));
  });
});

/** An authority, a server certificate for 127.0.0.1 that also serves as the client's, and their key. */
function makeCertificates(folder: string): void {
  const openssl = (...args: readonly string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  const rsa = ['-newkey', 'rsa:2048', '-nodes'];
  openssl('req', '-x509', ...rsa, '-keyout', 'ca-key.pem', '-out', 'ca.pem', '-subj', '/CN=belfry test authority');
  openssl('req', ...rsa, '-keyout', 'key.pem', '-out', 'request.pem', '-subj', '/CN=engine');
  const signed = ['x509', '-req', '-in', 'request.pem', '-CA', 'ca.pem', '-CAkey', 'ca-key.pem', '-CAcreateserial'];
  execFileSync('sh', ['-c', 'echo subjectAltName=IP:127.0.0.1 > san.cnf'], { cwd: folder });
  openssl(...signed, '-extfile', 'san.cnf', '-out', 'server.pem');
  openssl(...signed, '-out', 'cert.pem');
}
