import type { FollowRule } from '../../config/settings.ts';
import type { Bump } from '../../events.ts';
import type { Reference } from '../../registry/port.ts';
import { newer, type Reading } from './newer.ts';
import { applyPatterns, type Text } from './patterns.ts';
import { rangeTest } from './range.ts';
import { bumpBetween, readVersion } from './version.ts';

/** A tag of the same repository that a container may move on to. */
export interface NewerTag {
  readonly tag: string;
  readonly bump: Bump;
}

/**
 * The tags that a rule lets a container of this reference move on to, the newest first. Undefined, and nothing is
 * asked, where its own tag states no version.
 */
export async function newerTags(
  reference: Reference,
  rule: FollowRule,
  tagsOf: (reference: Reference) => Promise<readonly string[]>,
): Promise<readonly NewerTag[] | undefined> {
  const own = await applyPatterns([reference.tag ?? ''], { ...rule, include: null, exclude: null });
  const [current] = readings(own);
  if (current === undefined) return undefined;
  const allows = await rangeTest(rule.range, current.version);
  const texts = await applyPatterns(await tagsOf(reference), rule);
  const found = newer(readings(texts), current, { allows, prereleases: rule.prerelease });
  return found.map(({ tag, version }) => ({ tag, bump: bumpBetween(current.version, version) }));
}

function readings(texts: readonly Text[]): readonly Reading[] {
  return texts.flatMap(([tag, text]) => {
    const version = readVersion(text);
    return version === undefined ? [] : [{ tag, version }];
  });
}
