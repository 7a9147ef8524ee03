import { definePlugin, remove, z } from 'belfry/plugin';

export default definePlugin({
  name: 'my-plugin',
  apiVersion: 1,
  summary: 'Removes images that updates have left behind, if they are large.',
  config: z.strictObject({
    megabytes: z.number().min(0).default(500).describe('Smaller images stay.'),
  }),
  setup: ({ config: { megabytes } }) => ({
    // Belfry itself leaves out what is in use or needed for a rollback, and what another policy keeps.
    selectCleanup: (images) =>
      remove(
        images
          .filter(({ replacedAt, bytes }) => replacedAt !== null && bytes >= megabytes * 1e6)
          .map(({ imageId }) => imageId),
      ),
  }),
});
