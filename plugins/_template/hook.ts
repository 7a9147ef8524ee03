import { definePlugin, z } from 'belfry/plugin';

export default definePlugin({
  name: 'my-plugin',
  apiVersion: 1,
  summary: 'Runs a program in each container that has been updated.',
  requires: ['exec'],
  config: z.strictObject({
    argv: z.array(z.string()).min(1).describe('The program and its arguments; no shell takes part.'),
  }),
  setup: ({ config: { argv }, exec, log }) => ({
    async afterUpdate({ workload }, { signal }) {
      const { exitCode, output } = await exec(workload, { argv, signal });
      if (exitCode !== 0) throw new Error(`${argv.join(' ')} ended with ${exitCode}: ${output}`);
      log.info(`${workload.name} is prepared`);
    },
  }),
});
