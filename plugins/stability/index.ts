import { definePlugin, healthy, unhealthy } from 'belfry/plugin';

const poll = 250;

export default definePlugin({
  name: 'stability',
  apiVersion: 1,
  summary: 'Where there is no HEALTHCHECK: the container must keep running, without a restart, for a while.',
  requires: ['state'],
  setup: ({ state, sleep, now }) => ({
    async checkHealth(plan, { signal }) {
      const first = await state(plan.workload);
      if (first.healthcheck !== null) return undefined;
      const began = now().getTime();
      for (let seen = first; ; seen = await state(plan.workload)) {
        const lasted = now().getTime() - began;
        const within = `within ${(lasted / 1000).toFixed(1)} s`;
        if (!seen.running || seen.restarting) return unhealthy(`exited with code ${seen.exitCode} ${within}`);
        if (seen.restarts > first.restarts) return unhealthy(`exited and was restarted ${within}`);
        if (lasted >= plan.stabilityWindow) return healthy();
        await sleep(Math.min(poll, plan.stabilityWindow - lasted), signal);
      }
    },
  }),
});
