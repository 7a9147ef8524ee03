import * as http from 'node:http';
import * as https from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Certificate } from './certificate.ts';

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly authorization: string | undefined;
  readonly body: string;
  /** Which request on its connection this is, from 1. */
  readonly nth: number;
}

export interface Server {
  /** Its address and port, as they stand in a reference. */
  readonly host: string;
  readonly port: number;
  /** Every request so far, in order. */
  readonly seen: readonly Seen[];
  /** How often something else than HTTP was spoken to it. */
  readonly misspoken: () => number;
  close(): Promise<void>;
}

/** How a request is answered. Undefined: the server never answers. */
export type Reply =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string | Buffer }
  /** Before a word is said, or in the middle of the body. */
  | 'reset'
  | 'cut'
  | undefined;

const running = new Map<http.Server | https.Server, Set<Socket>>();

/** Closes what a test has started, also one that failed half-way: for `afterEach`. */
export async function closeServers(): Promise<void> {
  await Promise.all([...running.keys()].map(stop));
}

/** A server on loopback that answers as the test wants. */
export async function startServer(answer: (request: Seen) => Reply, certificate?: Certificate): Promise<Server> {
  const seen: Seen[] = [];
  const counts = new WeakMap<object, number>();
  let misspoken = 0;
  const server =
    certificate === undefined
      ? http.createServer(listen)
      : https.createServer({ key: certificate.key, cert: certificate.certificate }, listen);

  async function listen(incoming: http.IncomingMessage, outgoing: http.ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of incoming) body += chunk;
    const { method = '', url = '', headers } = incoming;
    const nth = (counts.get(incoming.socket) ?? 0) + 1;
    counts.set(incoming.socket, nth);
    const { host = '', authorization } = headers;
    const request: Seen = { method, path: url, host, authorization, body, nth };
    seen.push(request);
    const reply = answer(request);
    if (reply === 'reset') incoming.socket.resetAndDestroy();
    else if (reply === 'cut') {
      outgoing.writeHead(200, { 'content-length': '100' });
      outgoing.write('{', () => incoming.socket.destroy());
    } else if (reply !== undefined) outgoing.writeHead(reply.status, reply.headers).end(reply.body);
  }

  await listenOnLoopback(server);
  server.on('clientError', (_error, socket) => {
    misspoken += 1;
    socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
  });
  const { port } = server.address() as AddressInfo;
  return { host: `127.0.0.1:${port}`, port, seen, misspoken: () => misspoken, close: () => stop(server) };
}

export interface Proxy extends Omit<Server, 'misspoken'> {
  /** The authorities that CONNECT was asked for. */
  readonly tunnels: readonly string[];
}

/** A proxy that takes every tunnel to one port of loopback, or refuses all with a status. */
export async function startProxy(target: number, refusal?: number): Promise<Proxy> {
  const tunnels: string[] = [];
  const seen: Seen[] = [];
  const server = http.createServer((incoming, outgoing) => {
    const { method = '', url: path = '', headers } = incoming;
    const authorization = headers['proxy-authorization'];
    seen.push({ method, path, host: headers.host ?? '', authorization, body: '', nth: 1 });
    const forward = http.request({ port: target, host: '127.0.0.1', method, path: new URL(path).pathname, headers });
    forward.on('response', (answer) => answer.pipe(outgoing.writeHead(answer.statusCode ?? 0, answer.headers)));
    forward.end();
  });
  server.on('connect', (incoming, client) => {
    tunnels.push(incoming.url ?? '');
    if (refusal !== undefined) return void client.end(`HTTP/1.1 ${refusal} No\r\ncontent-length: 0\r\n\r\n`);
    const upstream = connect(target, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      client.pipe(upstream).pipe(client);
    });
    client.on('error', () => {}).on('close', () => upstream.destroy());
    upstream.on('error', () => {}).on('close', () => client.destroy());
  });
  await listenOnLoopback(server);
  const { port } = server.address() as AddressInfo;
  return { host: `127.0.0.1:${port}`, port, seen, tunnels, close: () => stop(server) };
}

function listenOnLoopback(server: http.Server | https.Server): Promise<void> {
  const sockets = new Set<Socket>();
  running.set(server, sockets);
  server.on('connection', (socket: Socket) => sockets.add(socket));
  return new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
}

function stop(server: http.Server | https.Server): Promise<void> {
  const sockets = running.get(server) ?? [];
  running.delete(server);
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const socket of sockets) socket.destroy();
  });
}
