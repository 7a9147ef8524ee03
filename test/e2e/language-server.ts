import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));

/** What an editor would offer in a file, just behind the first occurrence of a text; by TypeScript's own language server. */
export async function completions(file: string, behind: string): Promise<readonly string[]> {
  const child = spawn(process.execPath, [tsc, '--lsp', '--stdio'], { stdio: ['pipe', 'pipe', 'ignore'] });
  const answers = new Map<unknown, (result: unknown) => void>();
  let received = Buffer.alloc(0);
  child.stdout.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    for (let message = take(); message !== undefined; message = take()) hear(message);
  });
  const take = (): Message | undefined => {
    const end = received.indexOf('\r\n\r\n');
    const length = Number(/Content-Length: (\d+)/i.exec(received.subarray(0, Math.max(0, end)).toString())?.[1]);
    if (end < 0 || received.length < end + 4 + length) return undefined;
    const body = received.subarray(end + 4, end + 4 + length).toString();
    received = received.subarray(end + 4 + length);
    return JSON.parse(body) as Message;
  };
  const send = (message: object) => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    child.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  };
  const hear = ({ id, method, params, result }: Message) => {
    // The server asks for settings, too, and waits for an answer.
    if (method !== undefined && id !== undefined) {
      send({ id, result: method === 'workspace/configuration' ? (params?.items ?? []).map(() => null) : null });
    } else answers.get(id)?.(result);
  };
  let asked = 0;
  const ask = (method: string, params: object) =>
    new Promise<unknown>((resolve) => {
      asked += 1;
      answers.set(asked, resolve);
      send({ id: asked, method, params });
    });

  try {
    const uri = pathToFileURL(file).href;
    const text = readFileSync(file, 'utf8');
    await ask('initialize', { processId: process.pid, rootUri: null, capabilities: {} });
    send({ method: 'initialized', params: {} });
    send({
      method: 'textDocument/didOpen',
      params: { textDocument: { uri, languageId: 'typescript', version: 1, text } },
    });
    const before = text.slice(0, text.indexOf(behind) + behind.length).split('\n');
    const position = { line: before.length - 1, character: (before.at(-1) ?? '').length };
    const found = (await ask('textDocument/completion', { textDocument: { uri }, position })) as Found;
    return (found.items ?? []).map(({ label }) => label.replace(/\?$/, ''));
  } finally {
    child.kill();
  }
}

interface Message {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: { readonly items?: readonly unknown[] };
  readonly result?: unknown;
}

interface Found {
  readonly items?: readonly { readonly label: string }[];
}
