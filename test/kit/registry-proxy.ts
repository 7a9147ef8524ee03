import type { AddressInfo } from 'node:net';
import { type FaultFor, type FaultProxy, openFaultProxy } from './fault-proxy.ts';

/** A proxy in front of a registry: a registry of its own to those who ask it, with the same content. */
export interface RegistryProxy extends FaultProxy {
  /** `127.0.0.1:PORT` */
  readonly address: string;
  /** How many calls of a method came for paths that match. */
  count(method: string, path: RegExp): number;
}

/** Listens on a free loopback port in front of `registry`, a `host:port`. */
export async function openRegistryProxy(registry: string, fault?: FaultFor): Promise<RegistryProxy> {
  const [host = '', port = ''] = registry.split(':');
  const proxy = await openFaultProxy({
    target: { host, port: Number(port) },
    listen: { host: '127.0.0.1', port: 0 },
    fault,
    recorded: (path) => path,
  });
  return {
    ...proxy,
    address: `127.0.0.1:${(proxy.server.address() as AddressInfo).port}`,
    count: (method, path) => proxy.calls.filter((call) => call.method === method && path.test(call.path)).length,
  };
}
