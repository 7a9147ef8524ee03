import type { ItemImage } from './report.ts';

/** A reference taken apart for people. Takes any text at all, also what no engine would accept. */
export function itemImage(reference: string, platform: string | null): ItemImage {
  const unknown = { ref: reference, registry: null, repository: null, tag: null, platform };
  if (reference === '') return { ...unknown, display: '' };
  const [name = '', digest] = reference.split('@');
  const at = name.indexOf(':', name.lastIndexOf('/') + 1);
  const tag = at === -1 ? null : name.slice(at + 1);
  const path = at === -1 ? name : name.slice(0, at);
  const slash = path.indexOf('/');
  const isHost = slash > 0 && (/[.:]/.test(path.slice(0, slash)) || path.startsWith('localhost/'));
  const registry = isHost ? path.slice(0, slash) : 'docker.io';
  const repository = isHost ? path.slice(slash + 1) : path;
  const last = repository.slice(repository.lastIndexOf('/') + 1);
  const shown = tag ?? (digest === undefined ? null : shortDigest(digest));
  return { ...unknown, registry, repository, tag, display: shown === null ? last : `${last}:${shown}` };
}

/** The first eight digits, without the name of the algorithm. */
export const shortDigest = (digest: string): string => digest.replace(/^[a-z0-9]+:/, '').slice(0, 8);
