import { mapLimited } from '../concurrency.ts';
import { enginePlatform, imagePlatform } from '../engine/platform.ts';
import type { ImageDetails } from '../engine/port.ts';
import { AppError, hasCode, problemOf } from '../errors/app-error.ts';
import { formatPlatform, platformDistance } from '../registry/platform.ts';
import type { Platform } from '../registry/port.ts';
import { repositoryName } from '../registry/reference.ts';
import { existing } from './candidate.ts';
import type { Context } from './context.ts';
import { cycleStopped, type Job, skipped } from './decide.ts';
import type { EndingFact, Endings } from './endings.ts';
import type { Member } from './groups/member.ts';
import { imageNamed, type Listing } from './list.ts';
import { preflight } from './preflight.ts';
import { createRoom } from './space.ts';

/** An update whose image is on the engine, proven to be the right one. */
export interface Pulled extends Job, Pick<Member, 'tag' | 'undoes' | 'spec'> {
  readonly pinned: ImageDetails;
  readonly fetched: boolean;
  readonly follows: false;
}

/**
 * Pulls everything before anything is stopped, by digest, so that no tag moves. What cannot be pulled ends as failed;
 * no container was touched.
 */
export async function pullAll(
  context: Context,
  { listing, jobs, endings }: { readonly listing: Listing; readonly jobs: readonly Job[]; readonly endings: Endings },
): Promise<readonly Pulled[]> {
  const pulls = new Map<string, Promise<ImageDetails>>();
  const haveRoom = createRoom(context);
  let allowed: Promise<void> | undefined;
  const pulled = await mapLimited(jobs, 3, async (job) => {
    try {
      if (context.signal.aborted) throw new AppError('STOPPED_BY_SIGNAL', 'Belfry was asked to stop');
      allowed ??= preflight(context);
      await allowed;
      return await pullOne(context, listing, job, { pulls, haveRoom });
    } catch (error) {
      endings.add(failure(context, job, error));
      return undefined;
    }
  });
  return pulled.flatMap((job) => job ?? []);
}

/** What those who pull at the same time have in common. */
interface Sharing {
  readonly pulls: Map<string, Promise<ImageDetails>>;
  readonly haveRoom: (job: Job) => Promise<void>;
}

async function pullOne(context: Context, listing: Listing, job: Job, { pulls, haveRoom }: Sharing): Promise<Pulled> {
  const { workload, to, reference, settings } = job;
  const tag = { reference, before: namedBefore(listing, job) };
  if (settings.noPull || to.digest === null) {
    const pinned = await context.engine.inspectImage(to.imageId ?? workload.image);
    return { ...job, tag, pinned, fetched: false, follows: false };
  }
  const name = `${repositoryName(reference)}@${to.digest}`;
  const present = [...listing.images.values()].some(({ repoDigests }) => repoDigests.includes(name));
  const pulling =
    pulls.get(name) ?? (present ? inspect(context, name) : haveRoom(job).then(() => fetch(context, job, name)));
  pulls.set(name, pulling);
  const pinned = await pulling;
  checkPlatform(job.platform, imagePlatform(pinned));
  const known = { ...to, imageId: pinned.Id };
  return { ...job, tag, to: known, plan: { ...job.plan, to: known }, pinned, fetched: !present, follows: false };
}

/** A tag that the container has already goes back to its image where the update is undone; another one is not its own. */
function namedBefore(listing: Listing, { reference, from, to, container }: Job): string | null {
  return to.reference === from.reference ? container.imageId : (imageNamed(listing, reference)?.id ?? null);
}

async function fetch(context: Context, job: Job, name: string): Promise<ImageDetails> {
  const { engine, registry, signal, onPull, bus, cycle, now } = context;
  const { workload, reference, to } = job;
  const began = now().getTime();
  let bytes = 0;
  await engine.pull(name, {
    credentials: await registry.pullCredentials(reference),
    platform: await foreignPlatform(context, job.platform),
    signal,
    onProgress: (progress) => {
      bytes = progress.bytes;
      onPull?.(workload, progress);
    },
  });
  const image = await inspect(context, name);
  await bus.emit({ type: 'pulled', cycle, workload, to, seconds: (now().getTime() - began) / 1000, bytes });
  return image;
}

async function inspect({ engine }: Context, name: string): Promise<ImageDetails> {
  const image = await existing(engine.inspectImage(name));
  if (image === null) throw new AppError('PULL_INCOMPLETE', `${name} is not on the engine after its pull`);
  return image;
}

/** Named only where it is not the engine's own: older engines read the parameter too strictly. */
async function foreignPlatform({ engine }: Context, wanted: Platform): Promise<string | undefined> {
  const own = enginePlatform(await engine.info());
  return platformDistance(own, wanted) === 0 ? undefined : formatPlatform(wanted);
}

function checkPlatform(wanted: Platform, got: Platform): void {
  if (platformDistance(wanted, got) !== undefined) return;
  const message = `the new image is for ${formatPlatform(got)}, the one in use for ${formatPlatform(wanted)}`;
  throw new AppError('IMAGE_PLATFORM_MISMATCH', message);
}

function failure(context: Context, job: Job, error: unknown): EndingFact {
  if (hasCode(error, 'STOPPED_BY_SIGNAL')) return skipped(context, job, cycleStopped);
  const { workload, from, to } = job;
  const failed = { type: 'failed', phase: 'pull', outcome: 'unchanged', logTail: [] } as const;
  return { ...failed, cycle: context.cycle, workload, from, to, problem: problemOf(error) };
}
