import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';

/** An engine that gives the same few answers again and again: what a check or an idle watch asks of it. */
export interface CannedEngine {
  /** `unix://…`, to be used as DOCKER_HOST. */
  readonly host: string;
  /** Every request so far, such as `GET /v1.41/containers/json?all=1`. */
  readonly calls: readonly string[];
  close(): Promise<void>;
}

/** What a real engine answered, to be given again. */
export interface Recording {
  readonly info: object;
  readonly containers: readonly object[];
  readonly images: readonly object[];
}

/** Listens on a Unix socket of its own. Anything but the three recorded answers is refused with 404. */
export async function openCannedEngine({ info, containers, images }: Recording): Promise<CannedEngine> {
  const answers = new Map(
    Object.entries({ '/info': info, '/containers/json': containers, '/images/json': images }).map(([path, answer]) => [
      path,
      Buffer.from(JSON.stringify(answer)),
    ]),
  );
  const calls: string[] = [];
  const server = http.createServer((request, response) => {
    calls.push(`${request.method} ${request.url}`);
    const path = new URL(request.url ?? '/', 'http://engine').pathname.replace(/^\/v\d+\.\d+(?=\/)/, '');
    const body = request.method === 'GET' ? answers.get(path) : undefined;
    response.writeHead(body === undefined ? 404 : 200, {
      'api-version': '1.41',
      'content-type': 'application/json',
    });
    response.end(body ?? '{"message":"not recorded"}');
  });
  const folder = await mkdtemp('/tmp/belfry-canned-');
  await new Promise<void>((resolve) => server.listen(`${folder}/docker.sock`, resolve));
  return {
    host: `unix://${folder}/docker.sock`,
    calls,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true });
    },
  };
}
