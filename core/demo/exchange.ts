import http from 'node:http';

/** Where an HTTP server listens: a Unix socket, or a host and port. */
export type Address = { readonly socketPath: string } | { readonly host: string; readonly port: number };

export interface Question {
  readonly method: string;
  readonly path: string;
  readonly headers?: http.OutgoingHttpHeaders;
  readonly body?: string | Buffer;
  /** Milliseconds for the whole exchange. */
  readonly deadline?: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

/** One HTTP request and its whole answer, whatever its status; rejects where there is none in time. */
export function exchange(address: Address, question: Question): Promise<Answer> {
  const { method, path, body, deadline = 60_000 } = question;
  return new Promise((resolve, reject) => {
    const headers = {
      ...question.headers,
      ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
    };
    const request = http.request({ ...address, method, path, headers, agent: false });
    const timer = setTimeout(
      () => request.destroy(new Error(`${method} ${path}: no answer within ${deadline} ms`)),
      deadline,
    );
    request.on('close', () => clearTimeout(timer));
    request.on('error', reject);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    request.end(body);
  });
}
