import type { IncomingHttpHeaders, IncomingMessage, RequestOptions } from 'node:http';
import { AppError } from '../errors/app-error.ts';
import { networkFailure } from './failures.ts';
import type { Pace } from './pace.ts';
import type { Route, Routes } from './routes.ts';
import type { Interruptible } from './tunnel.ts';

export interface Request {
  readonly method: 'HEAD' | 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** A longer answer is REGISTRY_ANSWER_INVALID. */
  readonly maxBytes: number;
}

export interface Answer {
  /** Where the answer came from, after redirects. */
  readonly url: URL;
  /** True where redirects led to another host, port or scheme. */
  readonly elsewhere: boolean;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** One HTTP question. Any answer but 429 resolves; what is no answer throws an AppError that tells why. */
export interface Http {
  send(url: URL, request: Request): Promise<Answer>;
}

export interface HttpOptions {
  readonly routes: Routes;
  readonly pace: Pace;
  /** For a question with all its redirects, in milliseconds. */
  readonly timeoutMs?: number;
}

const maxRedirects = 5;
const redirects = [301, 302, 303, 307, 308];

export function createHttp({ routes, pace, timeoutMs = 30_000 }: HttpOptions): Http {
  async function send(url: URL, request: Request): Promise<Answer> {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), timeoutMs);
    try {
      return await follow(url, request, abort.signal);
    } catch (error) {
      if (!abort.signal.aborted) throw error;
      throw new AppError('REGISTRY_TIMEOUT', `${url.host} did not answer within ${timeoutMs / 1000} s.`);
    } finally {
      clearTimeout(timer);
    }
  }

  async function follow(start: URL, request: Request, signal: AbortSignal): Promise<Answer> {
    let url = start;
    let headers = request.headers;
    for (let hop = 0; hop <= maxRedirects; hop += 1) {
      pace.check(url.host);
      const answer = await exchange(url, { ...request, ...(headers && { headers }) }, signal);
      if (answer.status === 429) throw pace.hold(url.host, answer.headers['retry-after']);
      const target = redirectTarget(answer, request);
      if (target === undefined) return { ...answer, elsewhere: url.origin !== start.origin };
      if (target.origin !== url.origin) headers = withoutAuthorization(headers);
      url = target;
    }
    throw new AppError('REGISTRY_ANSWER_INVALID', `${start.host} redirects more than ${maxRedirects} times.`);
  }

  async function exchange(url: URL, request: Request, signal: AbortSignal): Promise<Answer> {
    const route = routes.to(url);
    try {
      return await attempt(route, { url, request, signal });
    } catch (error) {
      // The server may close an idle connection just as it is used again: that says nothing of the server.
      if (!(error instanceof StaleConnection)) throw networkFailure(error, url.host, route.via);
    }
    return exchange(url, request, signal);
  }

  return { send: (url, request) => pace.run(url.host, () => send(url, request)) };
}

interface Exchange {
  readonly url: URL;
  readonly request: Request;
  readonly signal: AbortSignal;
}

class StaleConnection extends Error {}

function attempt(route: Route, { url, request, signal }: Exchange): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { 'user-agent': 'belfry', ...request.headers, ...route.headers };
    const options: RequestOptions & Interruptible = {
      ...route.options,
      method: request.method,
      headers,
      signal,
      interrupt: signal,
    };
    const outgoing = route.open(options, (incoming) => {
      read(incoming, url.host, request.maxBytes).then(
        (body) => resolve({ url, status: incoming.statusCode ?? 0, headers: incoming.headers, body, elsewhere: false }),
        reject,
      );
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      const stale = outgoing.reusedSocket && error.code === 'ECONNRESET';
      reject(stale ? new StaleConnection() : error);
    });
    outgoing.end(request.body);
  });
}

async function read(incoming: IncomingMessage, host: string, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of incoming) {
      size += chunk.length;
      if (size > maxBytes)
        throw new AppError('REGISTRY_ANSWER_INVALID', `${host} answers with more than ${maxBytes} bytes.`);
      chunks.push(chunk);
    }
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('REGISTRY_ANSWER_INVALID', `${host} cut its answer short.`, { cause });
  }
  return Buffer.concat(chunks);
}

/** A POST carries secrets in its body, so it is never sent on. */
function redirectTarget({ status, headers, url }: Answer, { method }: Request): URL | undefined {
  if (!redirects.includes(status) || method === 'POST') return undefined;
  const location = headers.location ?? '';
  const target = location !== '' && URL.canParse(location, url.href) ? new URL(location, url) : undefined;
  if (target !== undefined && /^https?:$/.test(target.protocol)) return target;
  throw new AppError('REGISTRY_ANSWER_INVALID', `${url.host} redirects to nowhere (${status}).`);
}

function withoutAuthorization(headers: Request['headers']): Request['headers'] {
  return (
    headers && Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'authorization'))
  );
}
