import { mapLimited } from '../concurrency.ts';
import { problemOf } from '../errors/app-error.ts';
import type { Reference } from '../registry/port.ts';
import { formatReference, parseReference } from '../registry/reference.ts';
import { type Candidate, type Comparison, localCandidate, remoteCandidate } from './candidate.ts';
import type { Context } from './context.ts';
import { exemption } from './exempt.ts';
import type { Listed, Listing } from './list.ts';

/** A workload for which a newer image exists. */
export type Stale = Listed & Candidate;

/**
 * Compares every workload with its registry, one question for each distinct reference, and states what it found.
 * Resolves with those that are behind; all others have had their ending event.
 */
export async function check(context: Context, listing: Listing): Promise<readonly Stale[]> {
  const questions = new Map<string, Promise<string>>();
  const digest = (reference: Reference): Promise<string> => {
    const key = formatReference(reference);
    const asked = questions.get(key) ?? context.registry.digest(reference);
    questions.set(key, asked);
    return asked;
  };
  const checked = await mapLimited(listing.listed, 100, (listed) => checkOne(context, listing, { ...listed, digest }));
  return checked.flatMap((stale) => stale ?? []);
}

type Asking = Listed & { readonly digest: (reference: Reference) => Promise<string> };

async function checkOne(context: Context, listing: Listing, asking: Asking): Promise<Stale | undefined> {
  const { bus, cycle, log } = context;
  for (const warning of asking.settings.warnings) log.warn(`${asking.workload.name}: ${warning}`);
  try {
    const { digest: _, ...listed } = await withHumanReference(context, asking);
    const { workload } = listed;
    const found =
      exemption(listed, context.own) ?? (await compare(context, listing, { ...listed, digest: asking.digest }));
    if ('code' in found) {
      const { code, reason } = found;
      await bus.emit({ type: 'skipped', cycle, workload, to: null, by: 'core', code, reason, ending: true });
      return undefined;
    }
    if ('upToDate' in found) {
      await bus.emit({ type: 'checked', cycle, workload, digest: found.upToDate, upToDate: true, ending: true });
      return undefined;
    }
    const { from, to, bump, downloadBytes } = found;
    await bus.emit({ type: 'checked', cycle, workload, digest: to.digest, upToDate: false });
    await bus.emit({ type: 'found', cycle, workload, from, to, bump, downloadBytes });
    return { ...listed, ...found };
  } catch (error) {
    const failed = { type: 'failed', phase: 'check', outcome: 'unchanged', logTail: [], ending: true } as const;
    await bus.emit({ ...failed, cycle, workload: asking.workload, problem: problemOf(error) });
    return undefined;
  }
}

/** The list shows a bare image id where the reference has moved on; then the container itself knows better. */
async function withHumanReference(context: Context, asking: Asking): Promise<Asking> {
  if (!/^(sha256:)?[0-9a-f]{12,64}$/.test(asking.workload.image)) return asking;
  const { Config } = await context.engine.inspect(asking.workload.id);
  return { ...asking, workload: { ...asking.workload, image: Config.Image } };
}

async function compare(context: Context, listing: Listing, asking: Asking): Promise<Comparison> {
  const { workload, container, image, settings } = asking;
  if (isId(workload.image, container.imageId)) return { code: 'PINNED', reason: 'it was created from an image id' };
  const reference = parseReference(workload.image);
  if (reference.digest !== null) return { code: 'PINNED', reason: 'it names its image by digest' };
  if (settings.noPull) return localCandidate(context, listing, { workload, container, reference });
  const known = (image?.repoDigests ?? []).map((name) => name.slice(name.indexOf('@') + 1));
  if (image !== undefined && known.length === 0) {
    return { code: 'IMAGE_LOCAL', reason: 'its image was built here and comes from no registry' };
  }
  const digest = await asking.digest(reference);
  if (known.includes(digest) || container.imageId === digest) return { upToDate: digest };
  return remoteCandidate(context, { workload, container, reference, digest, known });
}

/** Whether a container was made from an id, whole or shortened, and so from no tag that could move. */
function isId(image: string, imageId: string): boolean {
  return image.startsWith('sha256:') || (/^[0-9a-f]{6,64}$/.test(image) && imageId.startsWith(`sha256:${image}`));
}
