import fc from 'fast-check';

const number = fc.nat({ max: 30 });
const prerelease = fc.constantFrom('', '', '', '-rc1', '-rc.2', '-beta.1', '-alpha', '-dev.7');

const written = (prefix: string, numbers: readonly string[], end: string, suffix: string) =>
  `${prefix}${numbers.join('.')}${end}${suffix}`;

/** Tags of one shape: `v<n>.<n>.<n>-alpine`, pre-releases among them. */
export const tagTexts = fc
  .tuple(fc.tuple(number, number, number), prerelease)
  .map(([numbers, end]) => written('v', numbers.map(String), end, '-alpine'));

/** Tags of many shapes, with and without leading zeros. */
export const anyTag = fc
  .tuple(
    fc.constantFrom('', 'v', 'release-'),
    fc.array(
      fc
        .tuple(number, fc.boolean())
        .map(([value, padded]) => (padded ? String(value).padStart(2, '0') : String(value))),
      { minLength: 1, maxLength: 4 },
    ),
    prerelease,
    fc.constantFrom('', '', '-alpine', '-dev', '-alpine3.20'),
  )
  .map((parts) => written(...parts));
