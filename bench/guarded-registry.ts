import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Address, exchange } from '../core/demo/exchange.ts';

/** A registry that wants a token for each repository, in front of one that wants none. */
export interface GuardedRegistry {
  /** `127.0.0.1:PORT` */
  readonly address: string;
  tokens(): number;
  /** Questions about manifests that came with the right token. */
  manifests(): number;
  close(): Promise<void>;
}

export async function openGuardedRegistry(registry: string): Promise<GuardedRegistry> {
  const [host = '', port] = registry.split(':');
  const target: Address = { host, port: Number(port) };
  let tokens = 0;
  let manifests = 0;
  const server = http.createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
    const scope = url.searchParams.get('scope');
    if (scope !== null) {
      tokens += 1;
      response.end(JSON.stringify({ token: scope }));
      return;
    }
    const wanted = `repository:${/^\/v2\/(.+)\/manifests\//.exec(url.pathname)?.[1]}:pull`;
    if (request.headers.authorization !== `Bearer ${wanted}`) {
      const realm = `Bearer realm="${url.origin}/token",service="bench",scope="${wanted}"`;
      response.writeHead(401, { 'www-authenticate': realm }).end();
      return;
    }
    manifests += 1;
    const { method = '', headers } = request;
    const accept = { accept: headers.accept ?? '' };
    const answer = await exchange(target, { method, path: url.pathname, headers: accept });
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    tokens: () => tokens,
    manifests: () => manifests,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
