import { readFileSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import type { RegistrySettings } from '../config/settings.ts';
import { AppError } from '../errors/app-error.ts';
import { registryKey } from './reference.ts';

/** The terms on which each host may be spoken to. Hosts are as in URLs: `name` or `name:port`. */
export interface Hosts {
  /** True where plain HTTP and unverified certificates are allowed. */
  insecure(host: string): boolean;
  /** Throws REGISTRY_TLS where the host's CA file cannot be read. */
  tls(host: string): TlsTerms;
}

export interface TlsTerms {
  readonly rejectUnauthorized?: false;
  readonly ca?: string;
}

export interface HostOptions {
  readonly registries: Readonly<Record<string, RegistrySettings>>;
  readonly registryTlsSkip: boolean;
}

/** Terms from the settings; as for the engine, a loopback address is insecure unless the settings say otherwise. */
export function createHosts({ registries, registryTlsSkip }: HostOptions): Hosts {
  const authorities = new Map<string, string>();

  function insecure(host: string): boolean {
    const own = registrySettings(registries, host);
    return own?.insecure ?? (registryTlsSkip || (own?.ca === undefined && isLoopback(hostName(host))));
  }

  function tls(host: string): TlsTerms {
    const path = registrySettings(registries, host)?.ca;
    if (path !== undefined) return { ca: authority(host, path), ...(insecure(host) && { rejectUnauthorized: false }) };
    return insecure(host) ? { rejectUnauthorized: false } : {};
  }

  function authority(host: string, path: string): string {
    const known = authorities.get(path);
    if (known !== undefined) return known;
    try {
      const pem = readFileSync(path, 'utf8');
      authorities.set(path, pem);
      return pem;
    } catch (cause) {
      throw new AppError('REGISTRY_TLS', `The CA file of ${host}, ${path}, cannot be read.`, { cause });
    }
  }

  return { insecure, tls };
}

/** What the settings say of a host: by its name and port, else by its name alone. */
export function registrySettings(
  registries: Readonly<Record<string, RegistrySettings>>,
  host: string,
): RegistrySettings | undefined {
  const find = (key: string) => Object.entries(registries).find(([name]) => registryKey(name) === key)?.[1];
  return find(registryKey(host)) ?? find(hostName(registryKey(host)));
}

/** Whether a host name (IPv6 in brackets or bare) is this very machine's. */
export function isLoopback(name: string): boolean {
  const bare = name.replace(/^\[|\]$/g, '');
  return bare === 'localhost' || bare === '::1' || (isIPv4(bare) && bare.startsWith('127.'));
}

function hostName(host: string): string {
  return host.replace(/:\d+$/, '');
}
