import type { FollowRule } from '../../config/settings.ts';
import type { Version } from './version.ts';

type Allows = (version: Version) => boolean;

/** How many leading numbers must stay as they are. */
const kept: ReadonlyMap<string, number> = new Map([
  ['major', 0],
  ['minor', 1],
  ['patch', 2],
]);

/**
 * Tells of a version whether a rule's range has it. A pre-release counts as its release would, and of more than three
 * numbers the first three.
 */
export async function rangeTest(range: FollowRule['range'], current: Version): Promise<Allows> {
  if (range === null) return () => true;
  const count = kept.get(range);
  if (count !== undefined) {
    return ({ numbers }) => numbers.slice(0, count).every((number, at) => number === current.numbers[at]);
  }
  const { default: Range } = await import('semver/classes/range.js');
  const parsed = new Range(range.replace(/(?<!\d)0+(?=\d)/g, ''));
  return ({ numbers: [major = 0, minor = 0, patch = 0] }) => parsed.test(`${major}.${minor}.${patch}`);
}
