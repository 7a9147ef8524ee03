import { mapLimited } from '../concurrency.ts';
import { ruleFor } from '../config/follow.ts';
import { hasCode, problemOf } from '../errors/app-error.ts';
import type { Reference } from '../registry/port.ts';
import { parseReference, repositoryName } from '../registry/reference.ts';
import { type Candidate, type Comparison, localCandidate, remoteCandidate } from './candidate.ts';
import type { Context } from './context.ts';
import type { EndingFact, Endings } from './endings.ts';
import { exemption } from './exempt.ts';
import type { NewerTag } from './following/newer-tags.ts';
import { createQuestions, type Questions } from './following/questions.ts';
import { type Listed, type Listing, showsId } from './list.ts';
import { namesId } from './replacement/moved-tag.ts';
import { firstSeen } from './version.ts';

/** A workload for which a newer image exists. */
export type Stale = Listed & Candidate;

/**
 * Compares every workload with its registry, one question for each distinct reference, and states what it found.
 * Resolves with those that are behind; how the others end is noted.
 */
export async function check(context: Context, listing: Listing, endings: Endings): Promise<readonly Stale[]> {
  const ask = createQuestions(context);
  const checked = await mapLimited(listing.listed, 100, (listed) => checkOne(context, listing, { ...listed, ask }));
  return checked.flatMap((found) => {
    if (!('type' in found)) return [found];
    endings.add(found);
    return [];
  });
}

type Asking = Listed & { readonly ask: Questions };

async function checkOne(context: Context, listing: Listing, asking: Asking): Promise<Stale | EndingFact> {
  const { bus, cycle, log } = context;
  for (const warning of asking.settings.warnings) log.warn(`${asking.workload.name}: ${warning}`);
  try {
    const { listed, found } = await compareOne(context, listing, asking);
    const { workload } = listed;
    if ('code' in found) {
      const { code, reason } = found;
      return { type: 'skipped', cycle, workload, to: null, by: 'core', code, reason };
    }
    if ('upToDate' in found) {
      const { imageId } = listed.container;
      return { type: 'checked', cycle, workload, digest: found.upToDate, upToDate: true, imageId };
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
    const { workload } = asking;
    const failed = { type: 'failed', phase: 'check', outcome: 'unchanged', logTail: [] } as const;
    const since = context.journal.memory.uncheckedSince(workload) ?? context.now().toISOString();
    return { ...failed, cycle, workload, problem: problemOf(error), since };
  }
}

/** What the registry has for one container; of it nothing is stated. */
export async function compareOne(
  context: Context,
  listing: Listing,
  asking: Asking,
): Promise<{ readonly listed: Listed; readonly found: Comparison }> {
  const { ask, ...listed } = await withHumanReference(context, asking);
  const found = exemption(listed, context.own) ?? (await compare(context, listing, { ...listed, ask }));
  return { listed, found };
}

/** The list shows a bare image id where the reference has moved on; then the container itself knows better. */
async function withHumanReference(context: Context, asking: Asking): Promise<Asking> {
  if (!showsId(asking.workload.image)) return asking;
  const { Config } = await context.engine.inspect(asking.workload.id);
  return { ...asking, workload: { ...asking.workload, image: Config.Image } };
}

async function compare(context: Context, listing: Listing, asking: Asking): Promise<Comparison> {
  const { workload, container, image, settings } = asking;
  if (namesId(workload.image, container.imageId)) return { code: 'PINNED', reason: 'it was created from an image id' };
  const reference = parseReference(workload.image);
  if (reference.digest !== null) return { code: 'PINNED', reason: 'it names its image by digest' };
  if (settings.noPull) return localCandidate(context, listing, { workload, container, reference });
  if (image?.origin === 'local') return builtHere;
  for (const newer of (await newerTags(context, asking, reference)).slice(0, mostTried)) {
    try {
      return await compareWith(context, asking, { reference, newer });
    } catch (error) {
      if (!hasCode(error, ...passedOver)) throw error;
      context.log.info(`${workload.name}: the tag ${newer.tag} is passed over: ${error.message}`);
    }
  }
  return compareWith(context, asking, { reference });
}

/** A registry may list tags that lead nowhere, or to nothing that runs here. */
const passedOver = ['REGISTRY_NOT_FOUND', 'REGISTRY_PLATFORM_MISSING', 'REGISTRY_MANIFEST_UNSUPPORTED'] as const;
const mostTried = 5;

/** The versions it may move on to, the newest first; none unless it follows any. */
async function newerTags(
  { log, settings }: Context,
  { ask, settings: own, workload }: Asking,
  reference: Reference,
): Promise<readonly NewerTag[]> {
  const rule = ruleFor(repositoryName(reference), own, settings);
  if (rule === null) return [];
  const found = await ask.newer(reference, rule);
  // An entry of the file may well match images whose tags state none.
  if (found === undefined && own.follow !== null) {
    log.warn(`${workload.name}: its tag ${reference.tag} states no version, so it follows none`);
  }
  return found ?? [];
}

interface Question {
  readonly reference: Reference;
  /** The tag to compare with, where it is not the container's own. */
  readonly newer?: NewerTag;
}

async function compareWith(context: Context, asking: Asking, { reference, newer }: Question): Promise<Comparison> {
  const { workload, container, image } = asking;
  const named = (image?.repoDigests ?? []).map((name) => name.slice(name.indexOf('@') + 1));
  // Where containerd keeps the images, one whose name has moved on shows no digest any more: its id is the digest.
  const known = image?.origin === 'unknown' && named.length === 0 ? [container.imageId] : named;
  const wanted = newer === undefined ? reference : { ...reference, tag: newer.tag };
  const digest = await asking.ask.digest(wanted);
  if (known.includes(digest) || container.imageId === digest) return { upToDate: digest };
  if (image?.origin === 'unknown' && !(await isFromRegistry(context, reference, known))) return builtHere;
  return remoteCandidate(context, { workload, container, reference: wanted, digest, known, newer });
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
