import { definePlugin, remove } from 'belfry/plugin';

export default definePlugin({
  name: 'cleanup-replaced',
  apiVersion: 1,
  summary: 'Removes every image that an update has left behind, when nothing else uses it and no other tag names it.',
  setup: () => ({
    // Belfry itself leaves out what is in use, named by a tag, or needed for a rollback.
    selectCleanup: (images) =>
      remove(images.filter(({ replacedAt }) => replacedAt !== null).map(({ imageId }) => imageId)),
  }),
});
