import { matchesName, patternProblem } from './pattern.ts';
import type { ContainerSettings, FollowRule, Settings, Transform } from './settings.ts';

/** What labels, or an entry of the file, say of following; what is not said is null. */
export interface FollowTexts {
  readonly range: string | null;
  readonly include: string | null;
  readonly exclude: string | null;
  readonly transform: string | null;
  readonly prerelease: boolean | null;
}

/** Where it is said that a container follows no versions. */
export const none = 'none';

/** Undefined where nothing that could be followed is said, although something is. */
export function followRule(texts: FollowTexts): FollowRule | typeof none | undefined {
  const { range, include, transform, prerelease } = texts;
  if (range === none) return none;
  if (range === null && include === null) return undefined;
  return { ...texts, transform: readTransform(transform ?? '') ?? null, prerelease: prerelease ?? false };
}

/** The rule for a container: its own, else the first of the file whose pattern matches its image's whole name. */
export function ruleFor(image: string, own: ContainerSettings, { follow }: Settings): FollowRule | null {
  const rule = own.follow ?? follow.find((one) => matchesName(one.image, image))?.rule ?? none;
  return rule === none ? null : rule;
}

const words = ['major', 'minor', 'patch', none];
const [n, x] = ['\\d{1,15}', '[xX*]'];
/** One to three numbers; after an `x` for any number there is no other. */
const partial = new RegExp(`^v?(?:(?:${n}\\.){0,2}(?:${n}|${x})|${n}\\.${x}\\.${x}|${x}(?:\\.${x}){1,2})$`);
const comparator = /^(?:\^|~|[<>]=?|=)/;
const longestRange = 200;

/** Whether a text is a range that the package semver reads. It is told without, so that only who follows loads it. */
export function isRange(text: string): boolean {
  return text.length <= longestRange && (words.includes(text) || text.split('||').every(isPart));
}

function isPart(part: string): boolean {
  const [first = '', ...others] = part
    .replace(/([\^~<>=])\s+/g, '$1')
    .trim()
    .split(/\s+/);
  if (others.length === 2 && others[0] === '-') return partial.test(first) && partial.test(others[1] ?? '');
  return [first, ...others].every((one) => partial.test(one.replace(comparator, '')));
}

/** `PATTERN => REPLACEMENT`; undefined where it is none, or the pattern must not be used. */
export function readTransform(text: string): Transform | undefined {
  const arrow = text.indexOf('=>');
  const [pattern, replacement] = [text.slice(0, arrow).trim(), text.slice(arrow + 2).trim()];
  const isUsable = arrow !== -1 && text.length <= 500 && pattern !== '' && replacement !== '';
  return isUsable && patternProblem(pattern) === undefined ? { pattern, replacement } : undefined;
}
