import { definePlugin, type HealthcheckTerms, healthy, unhealthy } from 'belfry/plugin';

const poll = 250;
/** The engine's own timer may come late on a busy machine. */
const margin = 5_000;

export default definePlugin({
  name: 'health-docker',
  apiVersion: 1,
  summary: 'Waits until the container’s own HEALTHCHECK says healthy, on that check’s own terms.',
  requires: ['state'],
  setup: ({ state, sleep, now }) => ({
    async checkHealth(plan, { signal }) {
      const first = await state(plan.workload);
      if (first.healthcheck === null) return undefined;
      const patience = longestWait(first.healthcheck);
      const until = now().getTime() + patience;
      for (let seen = first; ; seen = await state(plan.workload)) {
        if (seen.health === 'healthy' && seen.running) return healthy();
        // The engine calls it unhealthy as soon as it stops.
        if (!seen.running || seen.restarting) {
          return unhealthy(`exited with code ${seen.exitCode} before it was healthy`);
        }
        if (seen.health === 'unhealthy') return unhealthy(`health check failed: ${seen.healthOutput ?? 'no output'}`);
        if (seen.restarts > first.restarts) return unhealthy('exited and was restarted before it was healthy');
        if (now().getTime() > until) return unhealthy(`not healthy after ${Math.round(patience / 1000)} s`);
        await sleep(poll, signal);
      }
    },
  }),
});

/** The engine asks first after one interval, and gives up after so many failures past the start period. */
function longestWait({ startPeriod, interval, timeout, retries }: HealthcheckTerms): number {
  return startPeriod + (retries + 1) * (interval + timeout) + margin;
}
