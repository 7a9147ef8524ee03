import type { ImageDetails, ImageSummary } from '../../../core/engine/port.ts';
import { AppError, hasCode } from '../../../core/errors/app-error.ts';
import type { Candidate } from '../../../core/registry/port.ts';
import { parseReference, repositoryName } from '../../../core/registry/reference.ts';
import { type EngineState, isUp, type StoredImage } from './state.ts';

/** By id, with or without `sha256:` and whole or not, else by reference. Throws ENGINE_NOT_FOUND. */
export function findImage(state: EngineState, wanted: string): StoredImage {
  const images = [...state.images.values()];
  const name = referenceName(wanted);
  const found =
    images.find((image) => isIdOf(image, wanted)) ??
    images.find((image) => name !== undefined && (image.tags.has(name) || image.digests.has(name)));
  if (found === undefined) throw new AppError('ENGINE_NOT_FOUND', `No such image: ${wanted}`);
  return found;
}

/** What a pull by digest leaves behind: `name` is `web@sha256:…`, and no tag moves. */
export function addImage(state: EngineState, content: Candidate, name: string): StoredImage {
  const { configDigest: id } = content;
  const image = state.images.get(id) ?? { id, content, tags: new Set(), digests: new Set() };
  image.digests.add(name);
  state.images.set(id, image);
  return image;
}

/** Points a tag at an image, away from whichever had it. */
export function tagImage(state: EngineState, image: StoredImage, repository: string, tag: string): void {
  const name = `${repositoryName(parseReference(repository))}:${tag}`;
  for (const other of state.images.values()) other.tags.delete(name);
  image.tags.add(name);
}

/** `docker rmi` without force: the rules of the classic image store. */
export function removeImage(state: EngineState, wanted: string): void {
  const image = findImage(state, wanted);
  const user = [...state.containers.values()].find((container) => container.imageId === image.id);
  const name = isIdOf(image, wanted) ? undefined : referenceName(wanted);
  if (name === undefined) {
    if (!isSingleReference(image) && image.tags.size + image.digests.size > 0) {
      throw conflict(`unable to delete ${image.id} (must be forced) - image is referenced in multiple repositories`);
    }
    if (user !== undefined) {
      const how = isUp(user) ? 'cannot be forced' : 'must be forced';
      throw conflict(`unable to delete ${image.id} (${how}) - image is being used by container ${user.id}`);
    }
    state.images.delete(image.id);
    return;
  }
  if (user !== undefined && isSingleReference(image)) {
    const words = `container ${user.id} is using its referenced image ${image.id}`;
    throw conflict(`unable to remove repository reference "${wanted}" (must force) - ${words}`);
  }
  untag(image, name);
  // An image in use stays without a name.
  if (image.tags.size + image.digests.size === 0 && user === undefined) state.images.delete(image.id);
}

export function imageSummary({ id, tags, digests, content }: StoredImage): ImageSummary {
  const origin = digests.size > 0 ? 'registry' : 'local';
  return {
    id,
    repoTags: [...tags],
    repoDigests: [...digests],
    origin,
    size: content.downloadBytes,
    created: content.created,
  };
}

export function imageDetails({ id, tags, digests, content }: StoredImage): ImageDetails {
  const { os, architecture, variant } = content.platform;
  return structuredClone({
    Id: id,
    RepoTags: [...tags],
    RepoDigests: [...digests],
    ...(content.created === null ? {} : { Created: content.created }),
    Os: os,
    Architecture: architecture,
    ...(variant === null ? {} : { Variant: variant }),
    Size: content.downloadBytes,
    Config: { Env: null, Cmd: null, Entrypoint: null, Labels: null, Volumes: null, ...content.config },
  });
}

function isIdOf(image: StoredImage, wanted: string): boolean {
  const digits = wanted.replace(/^sha256:/, '');
  return /^[0-9a-f]{6,64}$/.test(digits) && image.id.startsWith(`sha256:${digits}`);
}

/** As the engine shows it: `web:1`, or `web@sha256:…` where it has a digest; undefined where it is malformed. */
function referenceName(text: string): string | undefined {
  try {
    const reference = parseReference(text);
    const end = reference.digest === null ? `:${reference.tag}` : `@${reference.digest}`;
    return `${repositoryName(reference)}${end}`;
  } catch (error) {
    if (hasCode(error, 'REFERENCE_INVALID')) return undefined;
    throw error;
  }
}

/** The last tag of a repository takes the repository's digests along. */
function untag(image: StoredImage, name: string): void {
  image.digests.delete(name);
  if (!image.tags.delete(name)) return;
  const repository = repositoryOf(name);
  if ([...image.tags].some((tag) => repositoryOf(tag) === repository)) return;
  for (const digest of image.digests) if (repositoryOf(digest) === repository) image.digests.delete(digest);
}

/** All its names are of one repository, and at most one of them is a tag. */
function isSingleReference({ tags, digests }: StoredImage): boolean {
  return tags.size <= 1 && new Set([...tags, ...digests].map(repositoryOf)).size === 1;
}

function repositoryOf(name: string): string {
  return name.includes('@') ? name.slice(0, name.indexOf('@')) : name.slice(0, name.lastIndexOf(':'));
}

function conflict(words: string): AppError {
  return new AppError('ENGINE_CONFLICT', `conflict: ${words}`);
}
