import { AppError, hasCode } from '../errors/app-error.ts';
import type { Reference, Wanted } from './port.ts';

/** Parses an image reference as the engine does, Docker Hub's short forms included. Throws REFERENCE_INVALID. */
export function parseReference(text: string): Reference {
  // An engine gives these where a tag has moved on; read as names they would lead to a stranger's repository.
  if (/^(sha256:)?[a-f0-9]{64}$/.test(text)) throw invalid(text, 'it is an image id');
  const [beforeDigest = '', digest = null, ...rest] = text.split('@');
  if (rest.length > 0 || (digest !== null && !isDigest(digest))) throw invalid(text, 'its digest is malformed');
  const colon = beforeDigest.indexOf(':', beforeDigest.lastIndexOf('/') + 1);
  const tag = colon === -1 ? null : beforeDigest.slice(colon + 1);
  if (tag !== null && !isTag(tag)) throw invalid(text, 'its tag is malformed');
  const { registry, repository } = splitName(colon === -1 ? beforeDigest : beforeDigest.slice(0, colon));
  if (!hostPattern.test(registry)) throw invalid(text, 'its registry is malformed');
  if (repository.length > 255) throw invalid(text, 'its name is longer than 255 characters');
  if (/[A-Z]/.test(repository)) throw invalid(text, 'names of repositories are in lower case');
  if (!repositoryPattern.test(repository)) throw invalid(text, 'its name is malformed');
  return { registry, repository, tag: tag ?? (digest === null ? 'latest' : null), digest };
}

/** The reference as people write it, such as `nginx:1.27`; it parses to the same reference again. */
export function formatReference(reference: Reference): string {
  const tag = reference.tag === null ? '' : `:${reference.tag}`;
  const digest = reference.digest === null ? '' : `@${reference.digest}`;
  return `${repositoryName(reference)}${tag}${digest}`;
}

/** The name to pull and tag by, without tag and digest: `nginx`, `grafana/grafana`, `ghcr.io/a/b`. */
export function repositoryName({ registry, repository }: Reference): string {
  if (registry !== hub) return `${registry}/${repository}`;
  const short = /^library\/[^/]+$/.test(repository) ? repository.slice('library/'.length) : repository;
  const again = splitName(short);
  return again.registry === hub && again.repository === repository ? short : `${hub}/${repository}`;
}

/** A reference as someone has written it, with another tag. */
export function withTag(text: string, tag: string): string {
  const colon = text.indexOf(':', text.lastIndexOf('/') + 1);
  return `${colon === -1 ? text : text.slice(0, colon)}:${tag}`;
}

/** Whether two texts are references to one repository, whatever their tags; what is none is only itself. */
export function sameRepository(a: string, b: string): boolean {
  try {
    return a === b || repositoryName(parseReference(a)) === repositoryName(parseReference(b));
  } catch (error) {
    if (hasCode(error, 'REFERENCE_INVALID')) return false;
    throw error;
  }
}

/** The host, with its port where one is given, that serves a registry's API. */
export function registryHost(registry: string): string {
  return registry === hub ? 'registry-1.docker.io' : registry.toLowerCase();
}

/** One name for a registry, however settings and credential files write it: with scheme, path or alias. */
export function registryKey(text: string): string {
  const host = text
    .replace(/^[a-z]+:\/\//i, '')
    .replace(/\/.*$/, '')
    .toLowerCase();
  return hubAliases.includes(host) ? hub : host;
}

export function isDigest(text: string): boolean {
  return digestPattern.test(text);
}

/** Where a registry keeps it, and by what name. Throws REFERENCE_INVALID: names come from foreign manifests, too. */
export function contentOf(wanted: Wanted): { readonly kind: 'manifests' | 'blobs'; readonly id: string } {
  const [kind, id] =
    'manifest' in wanted ? (['manifests', wanted.manifest] as const) : (['blobs', wanted.blob] as const);
  if (isDigest(id) || (kind === 'manifests' && isTag(id))) return { kind, id };
  const what = kind === 'blobs' ? 'a digest' : 'a tag or a digest';
  throw new AppError('REFERENCE_INVALID', `"${id.slice(0, 300)}" is not ${what}.`);
}

export function isTag(text: string): boolean {
  return /^\w[\w.-]{0,127}$/.test(text);
}

const hub = 'docker.io';
const hubAliases: readonly string[] = [hub, 'index.docker.io', 'registry-1.docker.io'];
const digestPattern = /^(?:sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128})$/;
const component = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const repositoryPattern = new RegExp(`^${component}(?:/${component})*$`);
const label = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?';
const hostPattern = new RegExp(`^(?:${label}(?:\\.${label})*|\\[[0-9a-fA-F:]+\\])(?::[0-9]{1,5})?$`);

function splitName(name: string): { readonly registry: string; readonly repository: string } {
  const slash = name.indexOf('/');
  const first = slash === -1 ? '' : name.slice(0, slash);
  const isHost = /[.:A-Z]/.test(first) || first === 'localhost';
  const registry = isHost ? first : hub;
  const repository = isHost ? name.slice(slash + 1) : name;
  // The engine knows these two as one registry; `registry-1.docker.io` it takes for another, and keeps its images apart.
  if (registry !== hub && registry !== 'index.docker.io') return { registry, repository };
  return { registry: hub, repository: repository.includes('/') ? repository : `library/${repository}` };
}

function invalid(text: string, why: string): AppError {
  return new AppError('REFERENCE_INVALID', `"${text.slice(0, 300)}" is not an image reference: ${why}.`);
}
