import { closest, distance } from 'fastest-levenshtein';

/** The candidate that a slip of the hand most likely meant; undefined where none is near. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0) return undefined;
  const found = closest(word, [...candidates]);
  return distance(word, found) <= Math.max(2, Math.floor(word.length / 3)) ? found : undefined;
}

/** ` Did you mean X?`, to end a sentence with; empty where nothing is near. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const found = nearest(word, candidates);
  return found === undefined ? '' : ` Did you mean ${found}?`;
}
