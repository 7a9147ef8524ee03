import { definePlugin, remove } from 'belfry/plugin';

export default definePlugin({
  name: 'dangling',
  apiVersion: 1,
  summary: 'Removes images that no tag names and no container uses, whoever left them.',
  setup: () => ({
    selectCleanup: (images) =>
      remove(images.filter(({ references }) => references.every(isDigest)).map(({ imageId }) => imageId)),
  }),
});

const isDigest = (reference: string) => reference.includes('@');
