import { BlockList, isIP } from 'node:net';
import { AppError } from '../errors/app-error.ts';
import { isLoopback } from './hosts.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Says which proxy a URL is reached through, from HTTP_PROXY, HTTPS_PROXY and NO_PROXY in either case. Loopback is
 * never proxied. The returned function throws REGISTRY_UNREACHABLE where a proxy's address cannot be understood.
 */
export function proxyRules(env: Environment): (url: URL) => URL | undefined {
  const exempt = exemptions(either(env, 'NO_PROXY') ?? '');
  return (url) => {
    const variable = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
    const address = either(env, variable);
    if (address === undefined || isLoopback(url.hostname) || exempt(url)) return undefined;
    return parseProxy(address, variable);
  };
}

function either(env: Environment, name: string): string | undefined {
  const value = (env[name.toLowerCase()] || env[name])?.trim();
  return value === '' ? undefined : value;
}

function parseProxy(address: string, variable: string): URL {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(address) ? address : `http://${address}`;
  const proxy = URL.canParse(text) ? new URL(text) : undefined;
  if (proxy !== undefined && /^https?:$/.test(proxy.protocol)) return proxy;
  throw new AppError('REGISTRY_UNREACHABLE', `${variable} is not an http:// or https:// address.`);
}

/** The rules of NO_PROXY: `*`, addresses, CIDR ranges, `name` with its subdomains, `.name` for these alone; ports. */
function exemptions(list: string): (url: URL) => boolean {
  const addresses = new BlockList();
  const names: { readonly name: string; readonly port: string | undefined }[] = [];
  for (const entry of list.toLowerCase().split(/[\s,]+/)) {
    if (entry !== '' && !addRange(addresses, entry)) names.push(splitPort(entry));
  }
  return (url) => {
    const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
    const port = url.port || (url.protocol === 'https:' ? '443' : '80');
    const family = isIP(host);
    if (family !== 0 && addresses.check(host, family === 6 ? 'ipv6' : 'ipv4')) return true;
    return names.some((rule) => (rule.port === undefined || rule.port === port) && matches(rule.name, host));
  };
}

function addRange(addresses: BlockList, entry: string): boolean {
  const [base = '', bits] = entry.replace(/^\[(.*)\]$/, '$1').split('/');
  const family = isIP(base);
  if (family === 0) return false;
  const longest = family === 6 ? 128 : 32;
  const prefix = bits === undefined ? longest : Number(bits);
  if (Number.isInteger(prefix) && prefix >= 0 && prefix <= longest) {
    addresses.addSubnet(base, prefix, family === 6 ? 'ipv6' : 'ipv4');
  }
  return true;
}

function splitPort(entry: string): { readonly name: string; readonly port: string | undefined } {
  const [, name = entry, port] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(entry) ?? [];
  return { name: name.replace(/^\*(?=\.)/, ''), port };
}

function matches(name: string, host: string): boolean {
  if (name === '*' || name === host) return true;
  return host.endsWith(name.startsWith('.') ? name : `.${name}`);
}
