import { compareVersions, type Version } from './version.ts';

/** A tag and the version it stands for. */
export interface Reading {
  readonly tag: string;
  readonly version: Version;
}

/** What a version must be besides newer. */
export interface Terms {
  readonly allows: (version: Version) => boolean;
  readonly prereleases: boolean;
}

/** The readings that are newer versions of the same shape, the newest first. */
export function newer(readings: readonly Reading[], current: Reading, terms: Terms): readonly Reading[] {
  return readings
    .filter(({ version }) => version.shape === current.version.shape)
    .filter(({ version }) => compareVersions(version, current.version) > 0)
    .filter(({ version }) => terms.prereleases || version.prerelease === null)
    .filter(({ version }) => terms.allows(version))
    .sort((a, b) => compareVersions(b.version, a.version) || likest(current.tag, a.tag, b.tag));
}

/** Of two ways to write one version, such as `24.4` and `24.04`, the one as long as the tag in use, else the first. */
function likest({ length }: string, a: string, b: string): number {
  const distance = (tag: string) => Math.abs(tag.length - length);
  return distance(a) - distance(b) || (a < b ? -1 : 1);
}
