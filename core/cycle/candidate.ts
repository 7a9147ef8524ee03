import { enginePlatform, imagePlatform } from '../engine/platform.ts';
import type { ContainerSummary, ImageDefaults, ImageDetails } from '../engine/port.ts';
import { hasCode } from '../errors/app-error.ts';
import type { Bump, ImageVersion, Workload } from '../events.ts';
import type { Platform, Reference, Candidate as RemoteCandidate } from '../registry/port.ts';
import { formatReference, parseReference, withTag } from '../registry/reference.ts';
import type { Context } from './context.ts';
import type { Exemption } from './exempt.ts';
import type { NewerTag } from './following/newer-tags.ts';
import { imageNamed, type Listing } from './list.ts';
import { changesSeries, type Statements } from './stated-version.ts';
import { bumpOf, localVersion, remoteVersion, unknownVersion } from './version.ts';

/** A newer image and how it differs from the one in use. */
export interface Candidate {
  readonly reference: Reference;
  readonly from: ImageVersion;
  readonly to: ImageVersion;
  readonly bump: Bump;
  readonly downloadBytes: number | null;
  readonly platform: Platform;
  /** The defaults a new container would inherit. */
  readonly defaults: ImageDefaults;
  /** The image in use; null where it is gone from the engine. */
  readonly current: ImageDetails | null;
}

interface Asked {
  readonly workload: Workload;
  readonly container: ContainerSummary;
  readonly reference: Reference;
}

export type Comparison = Exemption | { readonly upToDate: string | null } | Candidate;

/** What the registry's digest means for a container whose own digests it is not among. */
export async function remoteCandidate({ engine, registry }: Context, asked: Remote): Promise<Comparison> {
  const { workload, container, reference, digest, known, newer } = asked;
  const current = await existing(engine.inspectImage(container.imageId));
  const platform = current === null ? enginePlatform(await engine.info()) : imagePlatform(current);
  const candidate = await registry.candidate(reference, digest, platform);
  // The tag may point at an index whose manifest, or at a manifest whose configuration, is the one in use.
  if (known.includes(candidate.manifestDigest) || candidate.configDigest === container.imageId) {
    return { upToDate: digest };
  }
  const from =
    current === null
      ? unknownVersion(workload.image, container.imageId)
      : localVersion(workload.image, current, known[0] ?? null);
  const to = remoteVersion(workload.image, candidate);
  const downloadBytes = candidate.downloadBytes - sharedBytes(candidate, current);
  const { config: defaults } = candidate;
  const said = { from: current?.Config, to: defaults };
  const step =
    newer === undefined ? { from, to, bump: bumpOf(from, to, said) } : withNewer({ from, to }, { newer, said });
  return { reference, ...step, downloadBytes, platform, defaults, current };
}

interface Remote extends Asked {
  readonly digest: string;
  readonly known: readonly string[];
  /** Set where the reference leads to another tag than the container's own. */
  readonly newer: NewerTag | undefined;
}

interface Move {
  readonly newer: NewerTag;
  readonly said: { readonly from: Statements; readonly to: Statements };
}

/**
 * Whoever follows tags goes by what they say; what images say of their version may be that of their base image. A new
 * series of a database is a major step all the same.
 */
function withNewer(
  { from, to }: Pick<Candidate, 'from' | 'to'>,
  { newer: { tag, bump }, said }: Move,
): Pick<Candidate, 'from' | 'to' | 'bump'> {
  const { reference } = from;
  return {
    from: { ...from, version: parseReference(reference).tag },
    to: { ...to, version: tag, reference: withTag(reference, tag) },
    bump: changesSeries(reference, said.from, said.to) ? 'major' : bump,
  };
}

/** The layers of the image in use are on the engine already. */
function sharedBytes({ layers = {} }: RemoteCandidate, current: ImageDetails | null): number {
  const { Layers = [] } = (current?.RootFS ?? {}) as { readonly Layers?: readonly string[] };
  return Layers.reduce((sum, layer) => sum + (layers[layer] ?? 0), 0);
}

/** Without asking any registry: the image that the tag names on the engine itself. */
export async function localCandidate(
  { engine }: Context,
  listing: Listing,
  { workload, container, reference }: Asked,
): Promise<Comparison> {
  const named = imageNamed(listing, reference);
  if (named === undefined) {
    return { code: 'IMAGE_LOCAL', reason: `no image on the engine is tagged ${formatReference(reference)}` };
  }
  if (named.id === container.imageId) return { upToDate: null };
  const current = await existing(engine.inspectImage(container.imageId));
  const image = await engine.inspectImage(named.id);
  const { image: name } = workload;
  const from = current === null ? unknownVersion(name, container.imageId) : localVersion(name, current, null);
  const to = localVersion(name, image, digestOf(image));
  const platform = imagePlatform(image);
  const defaults = image.Config ?? {};
  const bump = bumpOf(from, to, { from: current?.Config, to: defaults });
  return { reference, from, to, bump, downloadBytes: 0, platform, defaults, current };
}

/** The digest an image was pulled by; null for one built here. */
function digestOf({ RepoDigests }: ImageDetails): string | null {
  return RepoDigests?.[0]?.split('@')[1] ?? null;
}

/** Null where the engine does not know it. */
export async function existing<Found>(asked: Promise<Found>): Promise<Found | null> {
  try {
    return await asked;
  } catch (error) {
    if (hasCode(error, 'ENGINE_NOT_FOUND')) return null;
    throw error;
  }
}
