import { type CleanupCandidate, choose, definePlugin, z } from 'belfry/plugin';

export default definePlugin({
  name: 'keep-last',
  apiVersion: 1,
  summary: 'Of the images that updates have left behind, keeps the newest few of each repository and removes the rest.',
  config: z.strictObject({
    images: z.int().min(0).max(1000).default(2).describe('How many to keep of each repository.'),
  }),
  setup: ({ config }) => ({
    selectCleanup(images) {
      const left = images.filter(({ replacedAt }) => replacedAt !== null).toSorted(lastLeftFirst);
      const kept = new Set(repositoriesOf(left).flatMap((one) => left.filter(isOf(one)).slice(0, config.images)));
      const ids = (wanted: boolean) => left.filter((one) => kept.has(one) === wanted).map(({ imageId }) => imageId);
      return choose({ keep: ids(true), remove: ids(false) });
    },
  }),
});

/** The one that ran last is the newest; what was left at the same time goes by when it was built. */
function lastLeftFirst(a: CleanupCandidate, b: CleanupCandidate): number {
  return order(b.replacedAt, a.replacedAt) || order(b.created, a.created);
}

function order(a: string | null, b: string | null): number {
  const [first, second] = [Date.parse(a ?? '') || 0, Date.parse(b ?? '') || 0];
  return first - second;
}

/** Undefined stands for those of which nothing tells the repository. */
function repositoriesOf(images: readonly CleanupCandidate[]): readonly (string | undefined)[] {
  return [undefined, ...new Set(images.flatMap(({ repositories }) => repositories))];
}

const isOf =
  (repository: string | undefined) =>
  ({ repositories }: CleanupCandidate): boolean =>
    repository === undefined ? repositories.length === 0 : repositories.includes(repository);
