import { imagePlatform } from '../engine/platform.ts';
import type { ImageDetails } from '../engine/port.ts';
import type { Bump, ImageVersion } from '../events.ts';
import { formatPlatform } from '../registry/platform.ts';
import type { Candidate } from '../registry/port.ts';
import type { Context } from './context.ts';
import { changesSeries, type Statements, statedVersion } from './stated-version.ts';

const label = (name: string) => `org.opencontainers.image.${name}`;

/** What is known of an image on the engine. */
export function localVersion(reference: string, image: ImageDetails, digest: string | null): ImageVersion {
  const platform = formatPlatform(imagePlatform(image));
  return {
    reference,
    digest,
    imageId: image.Id,
    created: image.Created ?? null,
    ...stated(reference, image.Config),
    platform,
  };
}

/** What a registry says of an image; its id is known once it is pulled. */
export function remoteVersion(reference: string, candidate: Candidate): ImageVersion {
  const { digest, created, labels, config, platform } = candidate;
  const says = stated(reference, { Labels: labels, Env: config.Env });
  return { reference, digest, imageId: null, created, ...says, platform: formatPlatform(platform) };
}

/** An image of which only the id is left. */
export function unknownVersion(reference: string, imageId: string): ImageVersion {
  return { reference, digest: null, imageId, created: null, ...stated(reference, null) };
}

function stated(
  reference: string,
  image: Statements,
): Pick<ImageVersion, 'version' | 'revision' | 'source' | 'url' | 'documentation'> {
  const labels = image?.Labels;
  const url = labels?.[label('url')];
  const documentation = labels?.[label('documentation')];
  return {
    version: statedVersion(reference, image),
    revision: labels?.[label('revision')] || null,
    source: labels?.[label('source')] || null,
    ...(url ? { url } : {}),
    ...(documentation ? { documentation } : {}),
  };
}

/** How far apart two versions are; `digest` for a rebuild of the same one. `images` is what both say besides. */
export function bumpOf(
  from: ImageVersion,
  to: ImageVersion,
  images: { readonly from?: Statements; readonly to?: Statements } = {},
): Bump {
  if (changesSeries(to.reference, images.from, images.to)) return 'major';
  if (from.version !== null && from.version === to.version) return 'digest';
  const before = numbers(from.version);
  const after = numbers(to.version);
  if (before === undefined || after === undefined) return 'unknown';
  const level = before.findIndex((part, at) => part !== after[at]);
  return (['major', 'minor', 'patch'] as const)[level] ?? 'digest';
}

function numbers(version: string | null): readonly number[] | undefined {
  const match = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:[-+].*)?$/.exec(version ?? '');
  return match?.slice(1).map((part) => Number(part ?? 0));
}

/** When this image was first seen here, ISO 8601: now, where it is new. */
export function firstSeen({ journal, now }: Pick<Context, 'journal' | 'now'>, image: ImageVersion): string {
  const seen = image.digest === null ? undefined : journal.memory.firstSeen(image.reference, image.digest);
  return seen ?? now().toISOString();
}
