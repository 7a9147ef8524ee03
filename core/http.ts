import * as http from 'node:http';
import * as https from 'node:https';
import { AppError, messageOf } from './errors/app-error.ts';
import type { Http, HttpRequest, HttpResponse } from './plugin.ts';

const defaultTimeout = 15_000;
const bodyLimit = 64 * 1024;

/** One HTTP exchange for plugins, through node:http because fetch costs ten megabytes. Redirects are answers. */
export const request: Http = async (asked) => {
  const url = addressOf(asked.url);
  const abort = new AbortController();
  const stop = () => abort.abort();
  const timeout = asked.timeout ?? defaultTimeout;
  const timer = setTimeout(stop, timeout);
  asked.signal?.addEventListener('abort', stop, { once: true });
  if (asked.signal?.aborted) stop();
  try {
    return await exchange(url, asked, abort.signal);
  } catch (cause) {
    const late = abort.signal.aborted ? `no answer within ${timeout / 1000} s` : messageOf(cause);
    const why = asked.signal?.aborted ? 'the request was stopped' : late;
    throw new AppError('HTTP_FAILED', `${url.host}: ${why}`, { cause });
  } finally {
    clearTimeout(timer);
    asked.signal?.removeEventListener('abort', stop);
  }
};

/** What is refused is not shown: addresses of webhooks are secrets. */
function addressOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new AppError('HTTP_FAILED', `${url?.protocol ?? 'that'} is no address for HTTP`);
}

function exchange(url: URL, asked: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
  const { method, headers, body, insecure = false } = asked;
  return new Promise((resolve, reject) => {
    const open = url.protocol === 'https:' ? https.request : http.request;
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const options = { method, headers: { ...length, ...headers }, signal, rejectUnauthorized: !insecure };
    const outgoing = open(url, options, (incoming) => {
      read(incoming).then((text) => resolve({ ...answerOf(incoming), body: text }), reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function answerOf({ statusCode = 0, headers }: http.IncomingMessage): Omit<HttpResponse, 'body'> {
  const flat = Object.entries(headers).map(([name, value]) => [name, String(value)]);
  return { status: statusCode, headers: Object.fromEntries(flat) };
}

async function read(incoming: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    size += chunk.length;
    if (size > bodyLimit) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
