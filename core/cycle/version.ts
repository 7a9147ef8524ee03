import type { ImageDetails } from '../engine/port.ts';
import type { Bump, ImageVersion } from '../events.ts';
import type { Candidate } from '../registry/port.ts';

const label = (name: string) => `org.opencontainers.image.${name}`;

type Labels = Readonly<Record<string, string>> | null | undefined;

/** What is known of an image on the engine. */
export function localVersion(reference: string, image: ImageDetails, digest: string | null): ImageVersion {
  return { reference, digest, imageId: image.Id, created: image.Created ?? null, ...stated(image.Config?.Labels) };
}

/** What a registry says of an image; its id is known once it is pulled. */
export function remoteVersion(reference: string, { digest, created, labels }: Candidate): ImageVersion {
  return { reference, digest, imageId: null, created, ...stated(labels) };
}

/** An image of which only the id is left. */
export function unknownVersion(reference: string, imageId: string): ImageVersion {
  return { reference, digest: null, imageId, created: null, ...stated(null) };
}

function stated(labels: Labels): Pick<ImageVersion, 'version' | 'revision' | 'source'> {
  return {
    version: labels?.[label('version')] || null,
    revision: labels?.[label('revision')] || null,
    source: labels?.[label('source')] || null,
  };
}

/** How far apart two versions are; `digest` for a rebuild of the same one. */
export function bumpOf(from: ImageVersion, to: ImageVersion): Bump {
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
