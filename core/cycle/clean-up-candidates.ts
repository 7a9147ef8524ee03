import type { CleanupCandidate } from '../decisions.ts';
import type { ContainerSummary, ImageSummary } from '../engine/port.ts';
import type { LeftBehind } from '../journal/port.ts';
import { formatReference, parseReference, repositoryName } from '../registry/reference.ts';
import type { Context } from './context.ts';

/** What there is on the engine. */
export interface Facts {
  readonly containers: readonly ContainerSummary[];
  readonly images: readonly ImageSummary[];
  /** The references that containers were made with, as they were written. */
  readonly references: readonly string[];
  /** The ids of images that were fetched for an update. */
  readonly wanted: ReadonlySet<string>;
}

/**
 * The images that updates left behind, and those that no tag names, as far as no container uses them in whatever
 * state, no tag of somebody else's names them, and no rollback is to find them.
 */
export function candidatesIn(context: Context, facts: Facts): readonly CleanupCandidate[] {
  const inUse = new Set([...facts.containers.map(({ imageId }) => imageId), ...facts.wanted]);
  const used = new Set(facts.references.map(canonical));
  const left = new Map(context.journal.memory.leftBehind().map((one) => [one.imageId, one]));
  return facts.images.flatMap((image) => {
    const known = left.get(image.id);
    if (inUse.has(image.id) || (known !== undefined && isSpared(context, known))) return [];
    // Where a container follows versions, the tag that it had before is nobody's any more.
    const isOwn = (tag: string) => tag === canonical(known?.reference ?? '') && !used.has(tag);
    return image.repoTags.every((tag) => isOwn(canonical(tag))) ? [candidate(image, known)] : [];
  });
}

/** A rollback goes back to what a container ran before its last update; without a journal there is none. */
function isSpared({ journal, settings, now }: Context, { previousSince }: LeftBehind): boolean {
  if (previousSince === null || !journal.durable) return false;
  return now().getTime() - Date.parse(previousSince) < settings.rollbackGrace;
}

function candidate({ id, repoTags, repoDigests, size, created }: ImageSummary, left?: LeftBehind): CleanupCandidate {
  const listed = [...repoTags, ...repoDigests];
  // Where containerd keeps the images, one whose tag has moved on is listed without a name.
  const references = listed.length > 0 || left === undefined ? listed : pinned(left);
  const known = [...references, ...(left === undefined ? [] : [left.reference])].flatMap(repositoryOf);
  return {
    imageId: id,
    references,
    repositories: [...new Set(known)],
    bytes: size,
    created,
    replacedAt: left?.replacedAt ?? null,
    replacedBy: left?.workload ?? null,
  };
}

function pinned({ reference, digest }: LeftBehind): readonly string[] {
  return digest === null ? [] : repositoryOf(reference).map((repository) => `${repository}@${digest}`);
}

function repositoryOf(reference: string): readonly string[] {
  try {
    return [repositoryName(parseReference(reference))];
  } catch {
    return []; // An image id, where the name has moved on.
  }
}

/** One spelling for references that mean the same; what is none stays as it is. */
function canonical(reference: string): string {
  try {
    return formatReference(parseReference(reference));
  } catch {
    return reference;
  }
}
