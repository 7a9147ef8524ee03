import type { FollowRule } from '../../config/settings.ts';
import { AppError, messageOf } from '../../errors/app-error.ts';

/** A tag, and the text in which its version is to be read. */
export type Text = readonly [tag: string, text: string];

type Patterns = Pick<FollowRule, 'include' | 'exclude' | 'transform'>;

const limit = 1000;
/** What a transform makes of a tag is no version when it is longer. */
const longestText = 200;

/**
 * The tags that the patterns leave in, each with what the transform makes of it; where that does not match, the tag is
 * out. Patterns come from labels, and some take exponential time on a text made for them: that ends here after a
 * second, with FOLLOW_PATTERN_FAILED.
 */
export async function applyPatterns(tags: readonly string[], patterns: Patterns): Promise<readonly Text[]> {
  const { include, exclude, transform } = patterns;
  if (include === null && exclude === null && transform === null) return tags.map((tag) => [tag, tag]);
  const { runInNewContext } = await import('node:vm');
  const given = { tags, include, exclude, transform, longestText };
  try {
    // A match of a regular expression can be interrupted in there, and nowhere else.
    const texts: readonly (string | null)[] = runInNewContext(script, given, { timeout: limit });
    return tags.flatMap((tag, at) => {
      const text = texts[at] ?? null;
      return text === null ? [] : [[tag, text] as const];
    });
  } catch (cause) {
    throw new AppError('FOLLOW_PATTERN_FAILED', `a pattern failed on ${tags.length} tags: ${messageOf(cause)}`, {
      cause,
    });
  }
}

/** A constant: what the labels say comes in as values. */
const script = `{
  const compile = (pattern) => (typeof pattern === 'string' ? new RegExp(pattern) : undefined);
  const [wanted, unwanted, turned] = [include, exclude, transform?.pattern].map(compile);
  Array.from(tags, (tag) => {
    if (wanted?.test(tag) === false || unwanted?.test(tag) || turned?.test(tag) === false) return null;
    const text = turned === undefined ? tag : tag.replace(turned, transform.replacement);
    return text.length > longestText ? null : text;
  });
}`;
