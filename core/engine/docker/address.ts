import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineSettings } from '../../config/settings.ts';
import { AppError } from '../../errors/app-error.ts';

/** Where the engine listens, in the options that dockerode takes. */
export interface Address {
  readonly socketPath?: string;
  readonly host?: string;
  readonly port?: number;
  readonly protocol?: 'http' | 'https';
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly checkServerIdentity?: () => undefined;
}

/** Throws ENGINE_HOST_INVALID for an address or certificate folder that cannot be used. */
export function engineAddress(settings: EngineSettings): Address {
  const { host } = settings;
  if (host.startsWith('unix://')) return unixAddress(host);
  const url = parse(host);
  if (!['tcp:', 'http:', 'https:'].includes(url.protocol) || url.hostname === '') throw invalid(host);
  const secure = settings.tlsVerify || settings.certPath !== null || url.protocol === 'https:' || url.port === '2376';
  const port = url.port === '' ? (secure ? 2376 : 2375) : Number(url.port);
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  if (!secure) return { host: hostname, port, protocol: 'http' };
  // As Docker's own client: certificates without DOCKER_TLS_VERIFY encrypt, but accept any server.
  const trust = settings.tlsVerify ? {} : { checkServerIdentity: () => undefined };
  return { host: hostname, port, protocol: 'https', ...certificates(settings.certPath), ...trust };
}

function unixAddress(host: string): Address {
  const socketPath = host.slice('unix://'.length);
  if (!socketPath.startsWith('/')) throw invalid(host);
  return { socketPath };
}

function parse(host: string): URL {
  try {
    return new URL(host.includes('://') ? host : `tcp://${host}`);
  } catch {
    throw invalid(host);
  }
}

function certificates(folder: string | null): Pick<Address, 'ca' | 'cert' | 'key'> {
  if (folder === null) return {};
  const read = (file: string): Buffer => {
    try {
      return readFileSync(join(folder, file));
    } catch (cause) {
      throw new AppError('ENGINE_HOST_INVALID', `cannot read ${join(folder, file)}`, {
        cause,
        hint: 'DOCKER_CERT_PATH must name a folder with ca.pem, cert.pem and key.pem.',
      });
    }
  };
  return { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') };
}

function invalid(host: string): AppError {
  return new AppError('ENGINE_HOST_INVALID', `"${host}" is no engine address`);
}
