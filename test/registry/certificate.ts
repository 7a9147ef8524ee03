import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Certificate {
  readonly key: string;
  readonly certificate: string;
  /** Where the certificate lies, for settings that want a file. */
  readonly path: string;
  remove(): void;
}

/** Makes a self-signed certificate for this machine's loopback. */
export function makeCertificate(options: { readonly expired?: boolean; readonly rsa?: boolean } = {}): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'belfry-certificate-'));
  const file = (name: string) => join(folder, name);
  const [key, request, extensions, path] = [
    file('key'),
    file('request'),
    file('extensions'),
    file('certificate'),
  ] as const;
  const openssl = (...parts: string[]) => execFileSync('openssl', parts, { stdio: ['ignore', 'ignore', 'pipe'] });
  const kind = options.rsa ? ['rsa:2048'] : ['ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  openssl('req', '-new', '-newkey', ...kind, '-nodes', '-keyout', key, '-out', request, '-subj', '/CN=localhost');
  writeFileSync(extensions, 'subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:registry.example');
  const days = options.expired ? '-1' : '2';
  openssl('x509', '-req', '-in', request, '-signkey', key, '-days', days, '-extfile', extensions, '-out', path);
  return {
    key: readFileSync(key, 'utf8'),
    certificate: readFileSync(path, 'utf8'),
    path,
    remove: () => rmSync(folder, { recursive: true }),
  };
}
