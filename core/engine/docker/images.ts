import { hasCode } from '../../errors/app-error.ts';
import type { Code } from '../../errors/catalogue.ts';
import type { EngineInfo, ImageDetails, ImageSummary } from '../port.ts';

export interface ListedImage {
  readonly Id: string;
  readonly RepoTags?: readonly string[] | null;
  readonly RepoDigests?: readonly string[] | null;
  readonly Size?: number;
  /** Seconds since 1970; containerd and Podman may have it as text or not at all. */
  readonly Created?: number | string;
}

const attempts = 5;

/** With containerd’s store, and with Podman, the whole list fails where one of its images is removed meanwhile. */
export function listImages(ask: () => Promise<readonly ImageSummary[]>): Promise<readonly ImageSummary[]> {
  return again(ask, ['ENGINE_NOT_FOUND', 'ENGINE_FAILED']);
}

/** Podman looks through all its images for the one, and fails as well; one that it does not have is answered with 404. */
export function inspectImage(ask: () => Promise<unknown>): Promise<ImageDetails> {
  return again(async () => {
    const details = (await ask()) as ImageDetails;
    return { ...details, RepoTags: tagsOf(details) };
  }, ['ENGINE_FAILED']);
}

async function again<Found>(ask: () => Promise<Found>, codes: readonly Code[], left = attempts - 1): Promise<Found> {
  try {
    return await ask();
  } catch (error) {
    if (left === 0 || !hasCode(error, ...codes)) throw error;
    return again(ask, codes, left - 1);
  }
}

export function imageSummary(row: ListedImage, store: EngineInfo['imageStore']): ImageSummary {
  const [repoTags, repoDigests] = [tagsOf(row), real(row.RepoDigests)];
  return {
    id: row.Id,
    repoTags,
    repoDigests,
    origin: originOf(row, store),
    size: row.Size ?? 0,
    created: createdOf(row),
  };
}

function createdOf({ Created }: ListedImage): string | null {
  const date = new Date(typeof Created === 'number' ? Created * 1000 : (Created ?? ''));
  // An image that does not say when it was built is of the year 0 or 1970.
  return Number.isNaN(date.getTime()) || date.getTime() <= 0 ? null : date.toISOString();
}

type Named = Pick<ListedImage, 'RepoTags' | 'RepoDigests'>;

/** Containerd's store and Podman also list a name with a digest, which is no tag. */
function tagsOf({ RepoTags }: Named): readonly string[] {
  return real(RepoTags).filter((name) => !name.includes('@'));
}

function originOf({ RepoTags, RepoDigests }: Named, store: EngineInfo['imageStore']): ImageSummary['origin'] {
  if (real(RepoDigests).length === 0) return store === 'classic' ? 'local' : 'unknown';
  // A name with a digest is what a pull by digest leaves there, and no build does.
  return store === 'classic' || real(RepoTags).some((name) => name.includes('@')) ? 'registry' : 'unknown';
}

function real(names: readonly string[] | null | undefined): readonly string[] {
  return (names ?? []).filter((name) => !name.includes('<none>'));
}
