import type { IntentRecord } from '../../journal/record.ts';
import type { Reference } from '../../registry/port.ts';
import { parseReference, repositoryName } from '../../registry/reference.ts';
import { existing } from '../candidate.ts';
import type { Context } from '../context.ts';

/** The tag that names a new container's image. */
export interface MovedTag {
  readonly reference: Reference;
  /** The image it names again where the update is undone; null where it may stay at what it was pointed at. */
  readonly before: string | null;
}

/** The tag of a container that keeps its reference: undone, it names the original's image. */
export function keptTag(image: string, imageId: string): MovedTag | null {
  const reference = tagOf(image, imageId);
  return reference === null ? null : { reference, before: imageId };
}

/** The tag that an update moved, as far as the journal knows. */
export function tagOfIntent({ workload, from, to, tagBefore }: IntentRecord): MovedTag | null {
  if (from.imageId === null) return null;
  if (to.reference === from.reference) return keptTag(workload.image, from.imageId);
  return { reference: parseReference(to.reference), before: tagBefore ?? null };
}

/** Points a tag at an image, away from whatever it names. */
export async function pointTag({ engine }: Pick<Context, 'engine'>, reference: Reference, imageId: string) {
  if (reference.tag !== null) await engine.tag(imageId, repositoryName(reference), reference.tag);
}

/**
 * Has a tag lead to an image for as long as `work` takes: it may have moved on, and must do so again. Where nothing
 * bears it, it stays.
 */
export async function whileTagged<Result>(
  context: Pick<Context, 'engine'>,
  { reference, imageId }: { readonly reference: Reference | null; readonly imageId: string },
  work: () => Promise<Result>,
): Promise<Result> {
  if (reference === null || reference.tag === null) return work();
  const tagged = await existing(context.engine.inspectImage(nameOf(reference)));
  if (tagged?.Id === imageId) return work();
  await pointTag(context, reference, imageId);
  try {
    return await work();
  } finally {
    if (tagged !== null) await pointTag(context, reference, tagged.Id);
  }
}

/**
 * Points a tag back at what it named before it was pointed at `pinnedId`, unless someone else has moved it meanwhile.
 * A clean-up of theirs may have taken it away, which it could only because it was moved.
 */
export async function restoreTag(
  context: Pick<Context, 'engine'>,
  tag: MovedTag | null,
  pinnedId: string,
): Promise<void> {
  if (tag === null || tag.before === null || tag.before === pinnedId || tag.reference.tag === null) return;
  const tagged = await existing(context.engine.inspectImage(nameOf(tag.reference)));
  if (tagged === null || tagged.Id === pinnedId) await existing(pointTag(context, tag.reference, tag.before));
}

/** The tag that a container was made from; null where that was an image id or a digest. */
export function tagOf(image: string, imageId: string): Reference | null {
  const reference = namesId(image, imageId) ? null : parseReference(image);
  return reference?.digest === null ? reference : null;
}

/** Whether a container was made from an id, whole or shortened, and so from no tag that could move. */
export function namesId(image: string, imageId: string): boolean {
  return image.startsWith('sha256:') || (/^[0-9a-f]{6,64}$/.test(image) && imageId.startsWith(`sha256:${image}`));
}

const nameOf = (reference: Reference) => `${repositoryName(reference)}:${reference.tag}`;
