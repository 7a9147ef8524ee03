import type { Bump } from '../../events.ts';

/** What a tag such as `v1.28.0-rc.1-alpine` says of the version of its image. */
export interface Version {
  /**
   * All but the version itself: prefix, suffix, how many numbers there are and how they are joined. Only tags of one
   * shape are versions of the same thing.
   */
  readonly shape: string;
  readonly numbers: readonly number[];
  /** Null for a release. */
  readonly prerelease: Prerelease | null;
}

interface Prerelease {
  /** In lower case: `rc`. */
  readonly word: string;
  readonly numbers: readonly number[];
}

/** Undefined for a text that states no version, such as `latest`. */
export function readVersion(text: string): Version | undefined {
  const [, prefix = '', written = '', rest = ''] = pattern.exec(text) ?? [];
  const found = prereleasePattern.exec(rest);
  const [marker = '', word, shortWord, letter, written2 = ''] = found ?? [];
  const numbers = numbersOf(written);
  const behind = numbersOf(written2);
  if (numbers.length === 0 || [...numbers, ...behind].some((number) => !Number.isSafeInteger(number))) return undefined;
  const suffix = rest.slice(marker.length);
  const name = (word ?? shortWord ?? letter)?.toLowerCase();
  return {
    shape: JSON.stringify([prefix, written.replace(/\d+/g, kindOf), suffix]),
    numbers,
    prerelease: name === undefined ? null : { word: name, numbers: behind },
  };
}

/** As semver has it: number by number; a pre-release comes before its release. Negative where `a` is the older one. */
export function compareVersions(a: Version, b: Version): number {
  return compareNumbers(a.numbers, b.numbers) || comparePrereleases(a.prerelease, b.prerelease);
}

/** The first number in which two versions of one shape differ. */
export function bumpBetween(from: Version, to: Version): Bump {
  const level = to.numbers.findIndex((number, at) => number !== from.numbers[at]);
  return (['major', 'minor'] as const)[level] ?? 'patch';
}

/** Numbers joined by dots or underscores, or a date; what comes before has no digits. */
const pattern = /^(\D*)(\d{4}-\d\d-\d\d(?!\d)|\d+(?:[._]\d+)*)(.*)$/s;

/**
 * Words that always mean a pre-release; those that do so with a number, since without one they name a variant such as
 * `1.27-dev`; and Python's `3.14.0b2`.
 */
const prereleasePattern = new RegExp(
  [
    '^(?:[._-]?(alpha|beta|rc|cr|pre|preview|milestone|snapshot)',
    '|[._-](m|dev|nightly|canary|next|edge|ea|unstable|insiders)(?=[._-]?\\d)',
    '|([ab])(?=\\d))[._-]?(\\d+(?:\\.\\d+)*)?(?![a-z\\d])',
  ].join(''),
  'i',
);

const numbersOf = (written: string) => [...written.matchAll(/\d+/g)].map(([digits]) => Number(digits));

/** A date or a build number is none of the numbers of an ordinary version: `16` is not followed by `20240115`. */
const kindOf = (digits: string) => (digits.length < 6 ? '#' : '#'.repeat(digits.length));

function comparePrereleases(a: Prerelease | null, b: Prerelease | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  if (a.word !== b.word) return a.word < b.word ? -1 : 1;
  return compareNumbers(a.numbers, b.numbers);
}

function compareNumbers(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((number, index) => number !== b[index]);
  if (at === -1) return a.length - b.length;
  return (a[at] ?? 0) - (b[at] ?? -1);
}
