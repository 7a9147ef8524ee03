import { defer, definePlugin } from 'belfry/plugin';

export default definePlugin({
  name: 'cooldown',
  apiVersion: 1,
  summary: 'Lets an update wait until its image has been known for so long.',
  labels: { 'cooldown-delay': 'Its own delay, such as `12h`, `3d`, `2w` or `1M` (30 days); `0` waits for nothing.' },
  setup: ({ now }) => ({
    beforeUpdate({ cooldownDelay, firstSeen, to }) {
      // Without a digest nobody can tell since when it is known: it was built or tagged here, by somebody's own will.
      if (cooldownDelay === 0 || to.digest === null) return undefined;
      const eligible = new Date(Date.parse(firstSeen) + cooldownDelay);
      if (now() >= eligible) return undefined;
      return defer(`cool-down: first seen ${text(new Date(firstSeen))}, eligible at ${text(eligible)}`, eligible);
    },
  }),
});

/** `2026-11-28T22:54:00Z` */
const text = (moment: Date) => moment.toISOString().replace(/\.\d+Z$/, 'Z');
