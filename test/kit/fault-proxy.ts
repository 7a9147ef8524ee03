import http from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { Address } from '../../core/demo/exchange.ts';

/** One request that came to the proxy. */
interface Call {
  /** From 1, in the order of arrival. */
  readonly n: number;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: http.IncomingHttpHeaders;
}

/**
 * What goes wrong with a call. `before`: the server never sees it. `after`: the server has answered in full, and the
 * client hears nothing of that.
 */
type Fault =
  | { readonly do: 'delay'; readonly ms: number }
  /** Never answered, as long as the client waits. */
  | { readonly do: 'hang' }
  /** The connection is destroyed, once `first` (such as a kill of the client) is done. */
  | { readonly do: 'cut'; readonly when: 'before' | 'after'; readonly first?: () => void | Promise<void> }
  /** The client is cut off as soon as the server has the call, which it goes on to do. */
  | { readonly do: 'desert' }
  | {
      readonly do: 'answer';
      readonly when?: 'before' | 'after';
      readonly status: number;
      readonly headers?: http.OutgoingHttpHeaders;
      readonly body?: string;
    }
  /** The server's answer, cut off after so many bytes of its body. */
  | { readonly do: 'truncate'; readonly bytes: number };

/** Lets those pass who know the user and the password at that moment. */
export function wantsPassword(user: string, password: () => string): FaultFor {
  return ({ headers }) => {
    const wanted = `Basic ${Buffer.from(`${user}:${password()}`).toString('base64')}`;
    if (headers.authorization === wanted) return undefined;
    return { do: 'answer', status: 401, headers: { 'www-authenticate': 'Basic realm="tests"' } };
  };
}

/** Chosen as a call arrives, which waits for the choice; undefined lets it pass. */
export type FaultFor = (call: Call) => Fault | undefined | Promise<Fault | undefined>;

export interface FaultProxy {
  /** All so far. */
  readonly calls: readonly Call[];
  /** Replaces the choice of faults from the next call on. */
  setFault(fault: FaultFor): void;
  /** From now on such calls are answered with 403, whatever else would go wrong with them. */
  forbid(refuses: (call: Pick<Call, 'method' | 'path'>) => boolean): void;
  close(): Promise<void>;
}

interface Exchange {
  readonly target: Address;
  readonly request: http.IncomingMessage;
  readonly response: http.ServerResponse;
}

/** An HTTP proxy that records calls and makes some of them go wrong; what is not faulted streams through. */
export async function openFaultProxy(options: {
  readonly target: Address;
  readonly listen: { readonly path: string } | { readonly host: string; readonly port: number };
  readonly fault: FaultFor | undefined;
  /** The path as calls record it. */
  readonly recorded: (path: string) => string;
  /** Calls that change nothing, and that no test means: they pass unrecorded. */
  readonly unseen?: (url: URL) => boolean;
}): Promise<FaultProxy & { readonly server: http.Server }> {
  const calls: Call[] = [];
  let faultFor = options.fault;
  let refuses: (call: Pick<Call, 'method' | 'path'>) => boolean = () => false;
  const server = http.createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://proxy');
    const path = options.recorded(url.pathname);
    const { method = '', headers } = request;
    const call = { n: calls.length + 1, method, path, query: url.searchParams, headers };
    const unseen = options.unseen?.(url) ?? false;
    if (!unseen) calls.push(call);
    const exchange = { target: options.target, request, response };
    const choose = async () => {
      if (refuses(call)) return forbidden;
      return unseen ? undefined : faultFor?.(call);
    };
    serve(exchange, choose).catch(() => response.destroy());
  });
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => server.on('error', reject).listen(options.listen, resolve));
  return {
    calls,
    server,
    setFault: (fault) => {
      faultFor = fault;
    },
    forbid: (refused) => {
      refuses = refused;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const forbidden: Fault = { do: 'answer', status: 403, body: '<html>403 Forbidden</html>' };

async function serve(exchange: Exchange, choose: () => Promise<Fault | undefined>): Promise<void> {
  const fault = await choose();
  switch (fault?.do) {
    case 'hang':
      return;
    case 'delay':
      await delay(fault.ms);
      return pass(exchange);
    case 'truncate':
      return pass(exchange, fault.bytes);
    case 'cut':
      if (fault.when === 'after') await consume(exchange);
      await fault.first?.();
      exchange.response.destroy();
      return;
    case 'desert':
      return desert(exchange);
    case 'answer':
      if (fault.when === 'after') await consume(exchange);
      exchange.response.writeHead(fault.status, fault.headers).end(fault.body);
      return;
    default:
      return pass(exchange);
  }
}

async function pass(exchange: Exchange, limit?: number): Promise<void> {
  const { response } = exchange;
  const answer = await forward(exchange);
  const { connection: _, ...headers } = answer.headers;
  response.writeHead(answer.statusCode ?? 502, headers);
  response.flushHeaders();
  if (limit !== undefined) return truncate(answer, response, limit);
  answer.on('error', () => response.destroy());
  answer.pipe(response);
}

/** Lets the server do its work and forgets what it said. */
async function consume(exchange: Exchange): Promise<void> {
  const answer = await forward(exchange);
  for await (const _ of answer);
}

async function desert({ request, response, target }: Exchange): Promise<void> {
  const onward = await send({ request, target });
  onward.on('response', (answer) => answer.resume()).on('error', () => {});
  onward.on('finish', () => response.destroy());
}

/** A client that goes away takes its call along, as it does without a proxy. */
async function forward({ target, request, response }: Exchange): Promise<http.IncomingMessage> {
  const onward = await send({ request, target });
  response.on('close', () => onward.destroy());
  return new Promise((resolve, reject) => onward.on('response', resolve).on('error', reject));
}

async function send({ target, request }: Pick<Exchange, 'target' | 'request'>): Promise<http.ClientRequest> {
  // An upgraded connection would no longer be HTTP.
  const { connection: _, upgrade: __, 'transfer-encoding': ___, ...headers } = request.headers;
  const { method, url } = request;
  // Sent in one piece: a server that has heard enough answers and closes, and what is written after that fails.
  const body = await buffer(request);
  const onward = http.request({ ...target, method, path: url, headers, agent: false, setHost: false });
  onward.end(body);
  return onward;
}

async function truncate(answer: http.IncomingMessage, response: http.ServerResponse, limit: number): Promise<void> {
  let left = limit;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    if (left === 0) break;
    const part = chunk.subarray(0, left);
    left -= part.length;
    await new Promise((written) => response.write(part, written));
  }
  response.destroy();
}
