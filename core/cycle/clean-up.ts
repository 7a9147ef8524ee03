import type { CleanupCandidate } from '../decisions.ts';
import { problemOf } from '../errors/app-error.ts';
import type { Workload } from '../events.ts';
import { formatReference, parseReference } from '../registry/reference.ts';
import { existing } from './candidate.ts';
import type { Context } from './context.ts';
import type { Pulled } from './pull.ts';
import { warn } from './warn.ts';

/**
 * Offers the images that updates left behind to the cleanup policies, and removes what one of them proposes and none
 * keeps. Never forced, and never an image that a container uses, in whatever state, or that a tag names other than the
 * one its container has moved on from.
 */
export async function cleanUp(context: Context, recreated: readonly Pulled[]): Promise<void> {
  if (recreated.length === 0) return;
  try {
    const candidates = await leftBehind(context, recreated);
    if (candidates.length === 0) return;
    const { images, warnings } = await context.verdicts.removable(candidates);
    await warn(context, warnings);
    for (const candidate of candidates) if (images.includes(candidate.imageId)) await removeOne(context, candidate);
  } catch (error) {
    await fail(context, null, error);
  }
}

async function removeOne(context: Context, candidate: CleanupCandidate): Promise<void> {
  const { replacedBy: workload, references, bytes, imageId } = candidate;
  try {
    for (const tag of references.filter((name) => !name.includes('@'))) await context.engine.removeImage(tag);
    // The last tag may have taken it along.
    await existing(context.engine.removeImage(imageId));
    const images = references.length === 0 ? [imageId] : references;
    await context.bus.emit({ type: 'cleaned', cycle: context.cycle, workload, images, bytes });
  } catch (error) {
    await fail(context, workload, error);
  }
}

async function fail({ bus, cycle }: Context, workload: Workload | null, error: unknown): Promise<void> {
  const failed = { type: 'failed', phase: 'cleanup', outcome: 'updated', logTail: [] } as const;
  await bus.emit({ ...failed, cycle, workload, problem: problemOf(error) });
}

async function leftBehind({ engine }: Context, recreated: readonly Pulled[]): Promise<readonly CleanupCandidate[]> {
  const [containers, images] = await Promise.all([engine.list(), engine.images()]);
  const inUse = new Set(containers.map(({ imageId }) => imageId));
  const old = new Map(recreated.map((job) => [job.original.Image, job]));
  return images.flatMap(({ id, repoTags, repoDigests, size }) => {
    const job = old.get(id);
    if (job === undefined || inUse.has(id) || !repoTags.every((tag) => tag === tagLeft(job))) return [];
    return [{ imageId: id, references: [...repoTags, ...repoDigests], bytes: size, replacedBy: job.workload }];
  });
}

/** Who has followed a newer tag has left its own behind; undefined where the tag was moved instead. */
function tagLeft({ from, to }: Pulled): string | undefined {
  return to.reference === from.reference ? undefined : formatReference(parseReference(from.reference));
}
