import { AppError } from '../../errors/app-error.ts';
import type { Code } from '../../errors/catalogue.ts';

interface Asked {
  readonly method: string;
  readonly path: string;
}

const byStatus: Readonly<Record<number, Code>> = {
  400: 'ENGINE_REFUSED',
  401: 'ENGINE_FORBIDDEN',
  403: 'ENGINE_FORBIDDEN',
  404: 'ENGINE_NOT_FOUND',
  405: 'ENGINE_FORBIDDEN',
  409: 'ENGINE_CONFLICT',
};

/** What is said with a status of 500 that means no more than that: by Podman nearly everything. */
const reasons: readonly (readonly [RegExp, Code])[] = [
  [/no such container|network not found|no container with name or ID/i, 'ENGINE_NOT_FOUND'],
  [
    /is already in use by|container state improper|without force|please force removal|in use by a container/i,
    'ENGINE_CONFLICT',
  ],
  [
    /invalid argument|conflicts with|no such file or directory: OCI|command that was not found|OCI permission denied/i,
    'ENGINE_REFUSED',
  ],
];

/** The error behind an answer of 400 or more; the message is the engine's own. */
export function statusError(asked: Asked, status: number, body: string): AppError {
  const message = engineMessage(body) ?? `${asked.method} ${asked.path} was answered with ${status}`;
  if (/no space left on device/i.test(message)) return new AppError('ENGINE_NO_SPACE', message);
  // A static address that another container has: the engine answers 403, as proxies do for quite another reason.
  if (/address already in use/i.test(message)) return new AppError('ENGINE_FAILED', message);
  const reason = status === 500 ? reasons.find(([pattern]) => pattern.test(message))?.[1] : undefined;
  if (reason !== undefined) return new AppError(reason, message);
  return new AppError(byStatus[status] ?? 'ENGINE_FAILED', message);
}

/** The error behind a connection that could not be made or broke off. */
export function connectionError(asked: Asked, host: string, cause: unknown): AppError {
  const code = (cause as { code?: unknown } | null)?.code;
  const message = cause instanceof Error ? cause.message : String(cause);
  if (code === 'EACCES') return new AppError('ENGINE_UNREACHABLE', `this user may not open ${host}`, { cause });
  if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'EHOSTUNREACH') {
    return new AppError('ENGINE_UNREACHABLE', `no engine answers at ${host} (${String(code)})`, { cause });
  }
  return new AppError('ENGINE_ANSWER_INVALID', `${asked.method} ${asked.path} broke off: ${message}`, { cause });
}

/** A pull said so beside which somebody cleaned up: the same one may well succeed at once. */
export const cleanedUpBeside = /lease does not exist|failed commit on ref|layer not known/i;

const pullPatterns: readonly (readonly [RegExp, Code])[] = [
  [/no space left on device/i, 'ENGINE_NO_SPACE'],
  [/toomanyrequests|too many requests|rate limit|(?:HTTP|StatusCode:) 429/i, 'REGISTRY_RATE_LIMITED'],
  [
    /no matching manifest|does not match the specified platform|no image found in (?:image index|manifest list)/i,
    'REGISTRY_PLATFORM_MISSING',
  ],
  [
    /unauthorized|authentication required|access .*denied|no basic auth|(?:HTTP|StatusCode:) 40[13]/i,
    'REGISTRY_UNAUTHORIZED',
  ],
  [/could not fetch content descriptor .*not found/i, 'PULL_FAILED'], // A part of an image that is there.
  [cleanedUpBeside, 'PULL_FAILED'],
  [/manifest unknown|not found|does not exist|HTTP 404/i, 'REGISTRY_NOT_FOUND'],
  [/certificate|x509|tls:/i, 'REGISTRY_TLS'],
  [/connection refused|no such host|network is unreachable|i\/o timeout|timeout/i, 'REGISTRY_UNREACHABLE'],
  [/internal server error|bad gateway|service unavailable|(?:status:?|status code|HTTP) 5\d\d/i, 'REGISTRY_FAILED'],
];

/** What the engine says of a failed pull, sorted by what it was; what fits nothing is PULL_FAILED. */
export function pullError(message: string, cause?: unknown): AppError {
  const code = pullPatterns.find(([pattern]) => pattern.test(message))?.[1] ?? 'PULL_FAILED';
  return new AppError(code, message, cause === undefined ? {} : { cause });
}

function engineMessage(body: string): string | undefined {
  try {
    const { message } = JSON.parse(body) as { message?: unknown };
    if (typeof message === 'string') return message.trim();
  } catch {
    // Proxies answer in plain text or HTML.
  }
  const line = body.trim().split('\n')[0] ?? '';
  return line === '' || line.startsWith('<') ? undefined : line.slice(0, 300);
}
