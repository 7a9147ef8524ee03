import { mkdtemp, rm } from 'node:fs/promises';
import { type FaultFor, type FaultProxy, openFaultProxy } from './fault-proxy.ts';

/**
 * A proxy in front of an engine's socket. Calls record their path without the API version, as `/containers/ID/stop`.
 * Belfry's probes of what is allowed pass unseen, except by `forbid`.
 */
export interface SocketProxy extends FaultProxy {
  /** `unix://…`, to be used as DOCKER_HOST. */
  readonly host: string;
}

/** Listens on a Unix socket of its own in front of `engineHost`, a `unix://` address. */
export async function openSocketProxy(engineHost: string, fault?: FaultFor): Promise<SocketProxy> {
  const folder = await mkdtemp('/tmp/belfry-proxy-');
  const path = `${folder}/docker.sock`;
  const proxy = await openFaultProxy({
    target: { socketPath: engineHost.replace(/^unix:\/\//, '') },
    listen: { path },
    fault,
    recorded: (path) => path.replace(/^\/v\d+\.\d+(?=\/)/, ''),
    unseen: ({ pathname, search }) => /belfry-probe/i.test(pathname + search),
  });
  return {
    ...proxy,
    host: `unix://${path}`,
    close: async () => {
      await proxy.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
