import type { ExecFileException } from 'node:child_process';
import { AppError } from '../errors/app-error.ts';
import type { Secret } from './credentials.ts';
import { isRecord, parseJson } from './json.ts';
import type { Environment } from './proxy.ts';

export interface HelperQuestion {
  /** What stands after `docker-credential-`. */
  readonly helper: string;
  readonly server: string;
  readonly env: Environment;
  readonly timeoutMs: number;
}

/**
 * Asks a Docker credential helper (`get`, the server on stdin). Undefined where it has none for the server. Throws
 * CREDENTIALS_HELPER_FAILED; nothing the helper printed is in the message, since that may be a secret.
 */
export async function askHelper(question: HelperQuestion): Promise<Secret | undefined> {
  const program = `docker-credential-${question.helper}`;
  if (!/^[\w.-]+$/.test(question.helper)) throw failed(program, 'its name is malformed');
  const { error, stdout } = await run(program, question);
  if (error !== null) {
    if (stdout.includes('credentials not found in native keychain')) return undefined;
    throw failed(program, reason(error));
  }
  const answer = parseJson(stdout);
  if (!isRecord(answer)) throw failed(program, 'its answer is not JSON');
  const { Username, Secret } = answer;
  if (typeof Username !== 'string' || typeof Secret !== 'string') throw failed(program, 'its answer lacks a field');
  if (Secret === '') return undefined;
  return Username === '<token>' ? { identityToken: Secret } : { username: Username, password: Secret };
}

interface Run {
  readonly error: ExecFileException | null;
  readonly stdout: string;
}

async function run(program: string, { server, env, timeoutMs }: HelperQuestion): Promise<Run> {
  const { execFile } = await import('node:child_process');
  return new Promise((resolve) => {
    const options = { env, timeout: timeoutMs, killSignal: 'SIGKILL' } as const;
    const child = execFile(program, ['get'], options, (error, stdout) => resolve({ error, stdout }));
    // A helper that exits without reading its input is judged by its exit alone.
    child.stdin?.on('error', () => {});
    child.stdin?.end(server);
  });
}

function reason({ code, killed }: ExecFileException): string {
  if (killed) return 'it did not answer in time';
  if (code === 'ENOENT') return 'it is not on the PATH';
  return typeof code === 'number' ? `it ended with exit code ${code}` : `it cannot be run (${code})`;
}

function failed(program: string, why: string): AppError {
  return new AppError('CREDENTIALS_HELPER_FAILED', `${program}: ${why}.`);
}
