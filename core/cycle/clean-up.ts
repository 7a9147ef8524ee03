import { mapLimited } from '../concurrency.ts';
import type { CleanupCandidate } from '../decisions.ts';
import { hasCode, problemOf } from '../errors/app-error.ts';
import type { Workload } from '../events.ts';
import { existing } from './candidate.ts';
import { candidatesIn, type Facts } from './clean-up-candidates.ts';
import type { Context } from './context.ts';
import { type Listing, showsId } from './list.ts';
import type { Pulled } from './pull.ts';
import { warn } from './warn.ts';

const concurrency = 8;

/**
 * Offers the images that nothing needs to the cleanup policies, and removes what one of them proposes and none keeps;
 * in a dry run it resolves with those. Never forced: what a container uses or another image builds on stays.
 */
export async function cleanUp(
  context: Context,
  listing: Listing,
  pulled: readonly Pulled[],
): Promise<readonly CleanupCandidate[]> {
  if (!context.verdicts.isAsked('selectCleanup')) return [];
  try {
    const candidates = candidatesIn(context, await factsOf(context, listing, pulled));
    if (candidates.length === 0) return [];
    const { images, warnings } = await context.verdicts.removable(candidates);
    await warn(context, warnings);
    const chosen = candidates.filter(({ imageId }) => images.includes(imageId));
    if (context.request.dryRun) return chosen;
    const replaced = new Set(pulled.map(({ original }) => original.Image));
    for (const candidate of chosen) await removeOne(context, candidate, replaced.has(candidate.imageId));
  } catch (error) {
    await fail(context, null, error);
  }
  return [];
}

/** What a cycle saw as it began still holds where it has changed nothing; what it has pulled may be of use yet. */
async function factsOf(context: Context, listing: Listing, pulled: readonly Pulled[]): Promise<Facts> {
  const { engine } = context;
  const [containers, images] =
    pulled.length === 0
      ? [listing.containers, [...listing.images.values()]]
      : await Promise.all([engine.list(), engine.images()]);
  const references = await referencesOf(context, { containers, images });
  return { containers, images, references, wanted: new Set(pulled.map(({ pinned }) => pinned.Id)) };
}

/** A list shows an image's id where the tag has moved on since; who may still be of a tag that matters is asked. */
async function referencesOf(
  { engine, journal }: Context,
  { containers, images }: Pick<Facts, 'containers' | 'images'>,
): Promise<readonly string[]> {
  const left = new Set(journal.memory.leftBehind().map(({ imageId }) => imageId));
  if (!images.some(({ id, repoTags }) => repoTags.length > 0 && left.has(id))) return [];
  return mapLimited(containers, concurrency, async ({ id, image }) =>
    showsId(image) ? ((await existing(engine.inspect(id)))?.Config.Image ?? image) : image,
  );
}

async function removeOne(context: Context, candidate: CleanupCandidate, isNew: boolean): Promise<void> {
  const { replacedBy: workload, references, bytes, imageId } = candidate;
  try {
    const tags = references.filter((name) => !name.includes('@'));
    for (const tag of tags) await context.engine.removeImage(tag);
    const removing = context.engine.removeImage(imageId);
    // The last tag may have taken it along.
    await (tags.length === 0 ? removing : existing(removing));
    const images = references.length === 0 ? [imageId] : references;
    await context.bus.emit({ type: 'cleaned', cycle: context.cycle, workload, images, bytes });
  } catch (error) {
    // Somebody has removed it, or has begun to use it.
    if (hasCode(error, 'ENGINE_NOT_FOUND', 'ENGINE_CONFLICT')) context.log.debug(problemOf(error).message);
    // Told once as a failure, since every cycle tries again.
    else if (isNew) await fail(context, workload, error);
    else context.log.warn(`an image that an update left behind could not be removed: ${problemOf(error).message}`);
  }
}

async function fail({ bus, cycle }: Context, workload: Workload | null, error: unknown): Promise<void> {
  const failed = { type: 'failed', phase: 'cleanup', outcome: 'updated', logTail: [] } as const;
  await bus.emit({ ...failed, cycle, workload, problem: problemOf(error) });
}
