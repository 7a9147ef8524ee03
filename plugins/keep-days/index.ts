import { type CleanupCandidate, choose, definePlugin, z } from 'belfry/plugin';

const day = 86_400_000;

export default definePlugin({
  name: 'keep-days',
  apiVersion: 1,
  summary: 'Keeps the images that updates have left behind for some days, and then removes them.',
  config: z.strictObject({
    days: z.number().min(0).max(3650).default(7).describe('How many days to keep each after its update.'),
  }),
  setup: ({ config, now }) => ({
    selectCleanup(images) {
      const left = images.filter(({ replacedAt }) => replacedAt !== null);
      const from = now().getTime() - config.days * day;
      const isYoung = ({ replacedAt }: CleanupCandidate) => Date.parse(replacedAt ?? '') > from;
      const ids = (wanted: boolean) => left.filter((one) => isYoung(one) === wanted).map(({ imageId }) => imageId);
      return choose({ keep: ids(true), remove: ids(false) });
    },
  }),
});
