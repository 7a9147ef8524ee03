import { defer, definePlugin, localTime, z } from 'belfry/plugin';

export default definePlugin({
  name: 'my-plugin',
  apiVersion: 1,
  summary: 'Allows updates only between two hours of the day.',
  config: z.strictObject({
    from: z.int().min(0).max(23).describe('The first hour in which updates may run.'),
    to: z.int().min(1).max(24).describe('The hour at which they end.'),
  }),
  setup: ({ config: { from, to }, now, timeZone }) => ({
    // Also asked in checks and dry runs, so it only looks.
    beforeUpdate() {
      const { hour } = localTime(now(), timeZone);
      return hour >= from && hour < to ? undefined : defer(`it is not between ${from}:00 and ${to}:00`);
    },
  }),
});
