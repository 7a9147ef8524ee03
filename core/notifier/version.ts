import type { ImageVersion } from '../events.ts';
import { itemImage, shortDigest } from './image.ts';
import type { Version } from './report.ts';
import { ageWords } from './words.ts';

export interface Change {
  readonly from: Version | null;
  readonly to: Version | null;
  /** `3.4.1 → 3.5.0`, `1.2.3 (rebuilt)`, or by digest where no version tells them apart. */
  readonly change: string | null;
  readonly downgrade: boolean;
}

/** What an image was and becomes, as people tell versions apart. */
export function changeOf(from: ImageVersion | null, to: ImageVersion | null, now: Date): Change {
  const trusted = from === null || to === null || isOwn(from, to);
  const before = from === null ? null : versionOf(from, trusted, now);
  const after = to === null ? null : versionOf(to, trusted, now);
  return { from: before, to: after, change: changeText(before, after), downgrade: isDowngrade(before, after) };
}

/**
 * Many an image repeats the version label of the image it was built on. One that stays the same while the digest moves
 * counts only where something else says that it is the image's own.
 */
function isOwn(from: ImageVersion, to: ImageVersion): boolean {
  if (from.version === null || from.version !== to.version || from.digest === to.digest) return true;
  const { tag, repository } = itemImage(to.reference, null);
  if (tag !== null && plain(tag).startsWith(plain(to.version ?? ''))) return true;
  if (from.revision !== null && to.revision !== null && from.revision !== to.revision) return true;
  const name = lastPart(repository ?? '');
  return name !== '' && lastPart((to.source ?? '').replace(/(\.git)?\/*$/, '')) === name;
}

const plain = (version: string) => version.replace(/^v(?=\d)/, '');
const lastPart = (path: string) => path.slice(path.lastIndexOf('/') + 1);

function versionOf(image: ImageVersion, trusted: boolean, now: Date): Version {
  const { digest = null, imageId = null, created = null, revision = null, reference } = image;
  const version = trusted ? (image.version ?? null) : null;
  const { tag } = itemImage(reference, null);
  const id = digest ?? imageId;
  const short = id === null ? null : shortDigest(id);
  const made = created === null ? Number.NaN : Date.parse(created);
  // Reproducible builds say 1970 or 1980.
  const age = made > Date.UTC(1990) ? ageWords(Math.max(now.getTime() - made, 0)) : null;
  const label = version ?? (tag !== null && /\d/.test(tag) ? tag : null) ?? short ?? tag ?? '?';
  const shortRevision = revision === null ? null : revision.slice(0, 8);
  return { version, tag, digest, short, imageId, createdAt: created, age, revision, shortRevision, label };
}

function changeText(from: Version | null, to: Version | null): string | null {
  if (from === null && to === null) return null;
  if (from === null || to === null) return (to ?? from)?.label ?? null;
  if (from.label !== to.label) return `${from.label} → ${to.label}`;
  if (to.version !== null) return from.digest === to.digest ? to.label : `${to.label} (rebuilt)`;
  return from.short === to.short
    ? to.label
    : `${to.label === to.short ? '' : `${to.label} `}${from.short} → ${to.short}`;
}

function isDowngrade(from: Version | null, to: Version | null): boolean {
  const before = numbers(from?.version);
  const after = numbers(to?.version);
  if (before === undefined || after === undefined) return false;
  const at = before.findIndex((part, place) => part !== after[place]);
  return at !== -1 && (after[at] ?? 0) < (before[at] ?? 0);
}

function numbers(version: string | null | undefined): readonly number[] | undefined {
  const match = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:[-+].*)?$/.exec(version ?? '');
  return match?.slice(1).map((part) => Number(part ?? 0));
}
