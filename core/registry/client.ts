import { AppError, hasCode } from '../errors/app-error.ts';
import { type Log, silentLog } from '../log.ts';
import { type Auth, createAuth } from './auth.ts';
import { readCandidate, type Source } from './candidate.ts';
import { createCredentials, serverAddress } from './credentials.ts';
import { statusFailure } from './failures.ts';
import { createHosts, type HostOptions, isLoopback } from './hosts.ts';
import { type Answer, createHttp, type Request } from './http.ts';
import { acceptedManifests, digestOf, parseManifest } from './manifest.ts';
import { createPace } from './pace.ts';
import { formatPlatform } from './platform.ts';
import type { Candidate, Platform, PullCredentials, Reference, Registry, Wanted } from './port.ts';
import type { Environment } from './proxy.ts';
import { contentOf, formatReference, isDigest, registryHost, repositoryName } from './reference.ts';
import { createRoutes } from './routes.ts';
import { createSpeak } from './speak.ts';
import { listTags } from './tags.ts';

export interface RegistryOptions extends HostOptions {
  /** Where proxies, DOCKER_CONFIG, REPO_USER and REPO_PASS are looked up. */
  readonly env: Environment;
  readonly now?: () => number;
  readonly log?: Log;
  /** For one question, in milliseconds. */
  readonly timeoutMs?: number;
}

const maxBytes = 4 * 1024 * 1024;
const keptCandidates = 256;

/** A client of the OCI distribution API, version 2 of Docker's registry. */
export function createRegistry(options: RegistryOptions): Registry {
  const auth = createConnection(options);
  const digests = new Map<string, Promise<string>>();
  const known = new Map<string, Promise<string>>();
  const candidates = new Map<string, Promise<Candidate>>();

  function beginCycle(): void {
    digests.clear();
    auth.beginCycle();
  }

  async function digest(reference: Reference): Promise<string> {
    if (reference.tag === null && reference.digest !== null) return reference.digest;
    return remember(digests, formatReference(reference), () => askDigest(auth, reference));
  }

  async function has(reference: Reference, wanted: string): Promise<boolean> {
    const named = { ...reference, tag: wanted, digest: null };
    try {
      // Content by digest stays what it is, so that an answer holds for longer than a cycle.
      await remember(known, formatReference(named), () => askDigest(auth, named));
      return true;
    } catch (error) {
      if (hasCode(error, 'REGISTRY_NOT_FOUND')) return false;
      throw error;
    }
  }

  async function candidate(reference: Reference, wanted: string, platform: Platform): Promise<Candidate> {
    const key = `${wanted} ${formatPlatform(platform)}`;
    const found = remember(candidates, key, () => readCandidate(sourceOf(auth, reference), wanted, platform));
    // What was asked for last goes last.
    candidates.delete(key);
    candidates.set(key, found);
    const [oldest] = candidates.keys();
    if (candidates.size > keptCandidates && oldest !== undefined) candidates.delete(oldest);
    return found;
  }

  async function read(reference: Reference, content: Wanted): Promise<Buffer | null> {
    const { kind, id } = contentOf(content);
    const what = `${id} of ${repositoryName(reference)}`;
    try {
      const body =
        kind === 'manifests'
          ? await getManifest(auth, reference, id)
          : await get(auth, reference, { kind, id, method: 'GET' });
      if (!isDigest(id) || digestOf(body, id) === id) return body;
    } catch (error) {
      if (hasCode(error, 'REGISTRY_NOT_FOUND')) return null;
      throw error;
    }
    throw new AppError('REGISTRY_ANSWER_INVALID', `${what}: its content is not that of the digest.`);
  }

  async function pullCredentials({ registry }: Reference): Promise<PullCredentials | undefined> {
    const found = await auth.credentialsOf(registryHost(registry));
    const serveraddress = serverAddress(registry);
    if (found === undefined) return undefined;
    if ('identityToken' in found) return { identitytoken: found.identityToken, serveraddress };
    return { username: found.username, password: found.password, serveraddress };
  }

  const tags: Registry['tags'] = (reference) => listTags(auth, reference);
  return { beginCycle, digest, has, tags, candidate, read, pullCredentials };
}

function createConnection(options: RegistryOptions): Auth {
  const { env, now = Date.now, log = silentLog, timeoutMs } = options;
  const hosts = createHosts(options);
  const routes = createRoutes({ hosts, env });
  const pace = createPace({ now, unmetered: (host) => isLoopback(host.replace(/:\d+$/, '')) });
  const http = createHttp({ routes, pace, ...(timeoutMs !== undefined && { timeoutMs }) });
  const credentials = createCredentials({ registries: options.registries, env });
  return createAuth({ speak: createSpeak({ http, hosts }), http, hosts, credentials, now, log });
}

/** One question for all who ask at once or later; a failure is not kept. */
function remember<Value>(known: Map<string, Promise<Value>>, key: string, ask: () => Promise<Value>): Promise<Value> {
  const already = known.get(key);
  if (already !== undefined) return already;
  const answer = ask();
  known.set(key, answer);
  answer.catch(() => known.get(key) === answer && known.delete(key));
  return answer;
}

async function askDigest(auth: Auth, reference: Reference): Promise<string> {
  const head = await ask(auth, reference, { kind: 'manifests', id: reference.tag ?? '', method: 'HEAD' });
  const digest = head.headers['docker-content-digest'];
  if (head.status === 200 && typeof digest === 'string' && isDigest(digest)) return digest;
  if (!isWorthGet(head)) throw statusFailure(head, formatReference(reference));
  return digestOf(await getManifest(auth, reference, reference.tag ?? ''));
}

/** Whether HEAD itself may be the trouble. Never on 429 and 5xx: a GET counts as a pull and would make it worse. */
function isWorthGet({ status, headers }: Answer): boolean {
  if (status === 404) return headers['docker-distribution-api-version'] === undefined;
  return status === 200 || status === 400 || status === 405;
}

function sourceOf(auth: Auth, reference: Reference): Source {
  return {
    subject: formatReference(reference),
    manifest: (digest) => getManifest(auth, reference, digest),
    blob: (digest) => get(auth, reference, { kind: 'blobs', id: digest, method: 'GET' }),
  };
}

async function getManifest(auth: Auth, reference: Reference, id: string): Promise<Buffer> {
  const body = await get(auth, reference, { kind: 'manifests', id, method: 'GET' });
  if (parseManifest(body).kind !== 'invalid') return body;
  throw new AppError(
    'REGISTRY_ANSWER_INVALID',
    `${formatReference(reference)}: ${reference.registry} answers without a manifest.`,
  );
}

async function get(auth: Auth, reference: Reference, content: Content): Promise<Buffer> {
  const answer = await ask(auth, reference, content);
  if (answer.status === 200) return answer.body;
  throw statusFailure(answer, formatReference(reference));
}

interface Content {
  readonly kind: 'manifests' | 'blobs';
  readonly id: string;
  readonly method: Request['method'];
}

function ask(auth: Auth, reference: Reference, { kind, id, method }: Content): Promise<Answer> {
  const { registry, repository } = reference;
  const headers = kind === 'manifests' ? { accept: acceptedManifests } : {};
  return auth.ask({
    host: registryHost(registry),
    repository,
    path: `/v2/${repository}/${kind}/${id}`,
    request: { method, headers, maxBytes },
    subject: formatReference(reference),
  });
}
