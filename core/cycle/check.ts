import { mapLimited } from '../concurrency.ts';
import { problemOf } from '../errors/app-error.ts';
import type { Reference } from '../registry/port.ts';
import { formatReference, parseReference } from '../registry/reference.ts';
import { type Candidate, type Comparison, localCandidate, remoteCandidate } from './candidate.ts';
import type { Context } from './context.ts';
import type { EndingFact, Endings } from './endings.ts';
import { exemption } from './exempt.ts';
import { namesId } from './groups/member.ts';
import type { Listed, Listing } from './list.ts';
import { firstSeen } from './version.ts';

/** A workload for which a newer image exists. */
export type Stale = Listed & Candidate;

/**
 * Compares every workload with its registry, one question for each distinct reference, and states what it found.
 * Resolves with those that are behind; how the others end is noted.
 */
export async function check(context: Context, listing: Listing, endings: Endings): Promise<readonly Stale[]> {
  const questions = new Map<string, Promise<string>>();
  const digest = (reference: Reference): Promise<string> => {
    const key = formatReference(reference);
    const asked = questions.get(key) ?? context.registry.digest(reference);
    questions.set(key, asked);
    return asked;
  };
  const checked = await mapLimited(listing.listed, 100, (listed) => checkOne(context, listing, { ...listed, digest }));
  return checked.flatMap((found) => {
    if (!('type' in found)) return [found];
    endings.add(found);
    return [];
  });
}

type Asking = Listed & { readonly digest: (reference: Reference) => Promise<string> };

async function checkOne(context: Context, listing: Listing, asking: Asking): Promise<Stale | EndingFact> {
  const { bus, cycle, log } = context;
  for (const warning of asking.settings.warnings) log.warn(`${asking.workload.name}: ${warning}`);
  try {
    const { digest: _, ...listed } = await withHumanReference(context, asking);
    const { workload } = listed;
    const found =
      exemption(listed, context.own) ?? (await compare(context, listing, { ...listed, digest: asking.digest }));
    if ('code' in found) {
      const { code, reason } = found;
      return { type: 'skipped', cycle, workload, to: null, by: 'core', code, reason };
    }
    if ('upToDate' in found) {
      return { type: 'checked', cycle, workload, digest: found.upToDate, upToDate: true };
    }
    const { from, to, bump, downloadBytes } = found;
    await bus.emit({ type: 'checked', cycle, workload, digest: to.digest, upToDate: false });
    await bus.emit({
      type: 'found',
      cycle,
      workload,
      from,
      to,
      bump,
      downloadBytes,
      firstSeen: firstSeen(context, to),
    });
    return { ...listed, ...found };
  } catch (error) {
    const failed = { type: 'failed', phase: 'check', outcome: 'unchanged', logTail: [] } as const;
    return { ...failed, cycle, workload: asking.workload, problem: problemOf(error) };
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
  if (namesId(workload.image, container.imageId)) return { code: 'PINNED', reason: 'it was created from an image id' };
  const reference = parseReference(workload.image);
  if (reference.digest !== null) return { code: 'PINNED', reason: 'it names its image by digest' };
  if (settings.noPull) return localCandidate(context, listing, { workload, container, reference });
  const named = (image?.repoDigests ?? []).map((name) => name.slice(name.indexOf('@') + 1));
  // Where containerd keeps the images, one whose name has moved on shows no digest any more: its id is the digest.
  const known = image?.origin === 'unknown' && named.length === 0 ? [container.imageId] : named;
  if (image?.origin === 'local') return builtHere;
  const digest = await asking.digest(reference);
  if (known.includes(digest) || container.imageId === digest) return { upToDate: digest };
  if (image?.origin === 'unknown' && !(await isFromRegistry(context, reference, known))) return builtHere;
  return remoteCandidate(context, { workload, container, reference, digest, known });
}

const builtHere = {
  code: 'IMAGE_LOCAL',
  reason: 'its image was built here, or its registry has it no longer',
} as const;

/** Whether the registry has what the image was listed by: then it came from there. */
async function isFromRegistry({ registry }: Context, reference: Reference, known: readonly string[]): Promise<boolean> {
  for (const digest of known) if (await registry.has(reference, digest)) return true;
  return false;
}
