import { AppError } from '../errors/app-error.ts';
import type { Code } from '../errors/catalogue.ts';
import type { Answer } from './http.ts';

/** What a failed connection means. `via` is the proxy's host and port, where one is used. */
export function networkFailure(cause: unknown, host: string, via: string | undefined): AppError {
  if (cause instanceof AppError) return cause;
  const found = errorCode(cause);
  const [, code, says] = failures.find(([pattern]) => pattern.test(found)) ?? anyOther;
  const through = via === undefined ? '' : ` through the proxy ${via}`;
  return new AppError(code, `${host} ${says}${through}${found === '' ? '' : ` (${found})`}.`, { cause });
}

const anyOther: Failure = [/./, 'REGISTRY_UNREACHABLE', 'cannot be reached'];
type Failure = readonly [pattern: RegExp, code: Code, says: string];
const failures: readonly Failure[] = [
  [/^(ENOTFOUND|EAI_)/, 'REGISTRY_UNREACHABLE', 'cannot be found by its name'],
  [/^ECONNREFUSED$/, 'REGISTRY_UNREACHABLE', 'refuses connections'],
  [/^(ECONNRESET|EPIPE)$/, 'REGISTRY_UNREACHABLE', 'closed the connection without an answer'],
  [/^ETIMEDOUT$/, 'REGISTRY_TIMEOUT', 'did not accept a connection in time'],
  [/^CERT_HAS_EXPIRED$/, 'REGISTRY_TLS', 'has a certificate that has expired'],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, 'REGISTRY_TLS', 'has a certificate for another name'],
  [/^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_)/, 'REGISTRY_TLS', 'has a certificate that is not trusted'],
  [/^(EPROTO|ERR_SSL|ERR_TLS|ERR_OSSL)/, 'REGISTRY_TLS', 'does not speak TLS as it should'],
  [/^HPE_/, 'REGISTRY_ANSWER_INVALID', 'does not speak HTTP as it should'],
];

/** What an answer that is no success means for the subject, such as `nginx:1.27`. */
export function statusFailure(answer: Answer, subject: string): AppError {
  const { status, url } = answer;
  const [code, says] = statuses[status] ?? (status >= 500 ? failed : unexpected);
  return new AppError(code, `${subject}: ${url.host} ${says} (${status})${ownWords(answer)}.`);
}

type Meaning = readonly [code: Code, says: string];
const failed: Meaning = ['REGISTRY_FAILED', 'failed'];
const unexpected: Meaning = ['REGISTRY_ANSWER_INVALID', 'gave an answer that no registry gives'];
const statuses: Readonly<Record<number, Meaning>> = {
  401: ['REGISTRY_UNAUTHORIZED', 'wants other credentials'],
  403: ['REGISTRY_UNAUTHORIZED', 'denies access'],
  404: ['REGISTRY_NOT_FOUND', 'does not know it'],
  407: ['REGISTRY_UNREACHABLE', 'is behind a proxy that wants credentials'],
  408: ['REGISTRY_TIMEOUT', 'waited too long for the request'],
  410: ['REGISTRY_NOT_FOUND', 'no longer has it'],
};

/** The registry's own explanation: foreign text, so one short line of it. */
function ownWords(answer: Answer): string {
  try {
    const message: unknown = JSON.parse(answer.body.toString()).errors[0].message;
    if (typeof message !== 'string' || message === '') return '';
    return `: ${message.replace(/[\p{C}\s]+/gu, ' ').slice(0, 200)}`;
  } catch {
    return '';
  }
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
