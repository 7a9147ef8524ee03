import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { text } from 'node:stream/consumers';
import type { EngineSettings } from '../../../core/config/settings.ts';

/** A request as it came, with its whole body. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

export interface Server {
  readonly settings: EngineSettings;
  readonly asked: readonly Asked[];
  close(): Promise<void>;
}

/** A server on a Unix socket that speaks as an engine, or as what stands before one. */
export async function serve(answer: (asked: Asked, response: http.ServerResponse) => void): Promise<Server> {
  const folder = mkdtempSync('/tmp/belfry-server-');
  const asked: Asked[] = [];
  const server = http.createServer(async (request, response) => {
    const url = new URL(request.url ?? '', 'http://engine');
    const { method = '', headers } = request;
    const one = { method, path: url.pathname, query: url.searchParams, headers, body: await text(request) };
    asked.push(one);
    answer(one, response);
  });
  await new Promise<void>((resolve) => server.listen(`${folder}/docker.sock`, resolve));
  return {
    settings: { host: `unix://${folder}/docker.sock`, tlsVerify: false, certPath: null, apiVersion: null },
    asked,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true });
    },
  };
}

export interface Reply {
  readonly status?: number;
  readonly body?: unknown;
}

/** The answers of a small engine; `more` comes first, and undefined leaves a request to the rest. */
export function engineAnswers(
  apiVersion: string,
  more: (asked: Asked) => Reply | undefined = () => undefined,
): (asked: Asked, response: http.ServerResponse) => void {
  return (asked, response) => {
    const { status = 200, body } = more(asked) ?? (asked.path.endsWith('/info') ? info : nothing);
    response.writeHead(status, { 'Api-Version': apiVersion, 'Content-Type': 'application/json' });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  };
}

const info: Reply = { body: { ID: 'ID:1', Name: 'host', OSType: 'linux' } };
const nothing: Reply = { status: 404, body: { message: 'no such thing' } };
