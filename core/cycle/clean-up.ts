import type { CleanupCandidate } from '../decisions.ts';
import { problemOf } from '../errors/app-error.ts';
import type { Context } from './context.ts';
import type { Pulled } from './pull.ts';

/**
 * Offers the images that updates left behind to the cleanup policies, and removes what one of them proposes and none
 * keeps. Never forced, and never an image that a container uses, in whatever state, or that another tag names.
 */
export async function cleanUp(context: Context, recreated: readonly Pulled[]): Promise<void> {
  if (recreated.length === 0) return;
  const { engine, verdicts, log } = context;
  const candidates = await leftBehind(context, recreated);
  if (candidates.length === 0) return;
  const { images, warnings } = await verdicts.removable(candidates);
  for (const { problem } of warnings) log.warn(problem.message);
  for (const candidate of candidates.filter(({ imageId }) => images.includes(imageId))) {
    const { replacedBy: workload, bytes, imageId } = candidate;
    try {
      await engine.removeImage(imageId);
      const names = candidate.references.length === 0 ? [imageId] : candidate.references;
      await context.bus.emit({ type: 'cleaned', cycle: context.cycle, workload, images: names, bytes });
    } catch (error) {
      const failed = { type: 'failed', phase: 'cleanup', outcome: 'updated', logTail: [] } as const;
      await context.bus.emit({ ...failed, cycle: context.cycle, workload, problem: problemOf(error) });
    }
  }
}

async function leftBehind({ engine }: Context, recreated: readonly Pulled[]): Promise<readonly CleanupCandidate[]> {
  const [containers, images] = await Promise.all([engine.list(), engine.images()]);
  const inUse = new Set(containers.map(({ imageId }) => imageId));
  const old = new Map(recreated.map((job) => [job.original.Image, job.workload]));
  return images
    .filter(({ id, repoTags }) => old.has(id) && !inUse.has(id) && repoTags.length === 0)
    .flatMap(({ id, repoDigests, size }) => {
      const replacedBy = old.get(id);
      return replacedBy === undefined ? [] : [{ imageId: id, references: repoDigests, bytes: size, replacedBy }];
    });
}
