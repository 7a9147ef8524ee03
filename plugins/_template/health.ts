import { definePlugin, healthy, unhealthy, z } from 'belfry/plugin';

export default definePlugin({
  name: 'my-plugin',
  apiVersion: 1,
  summary: 'A new container is healthy once it answers 200 to an HTTP request.',
  requires: ['state'],
  config: z.strictObject({
    port: z.int().min(1).max(65_535).describe('The port in the container.'),
    path: z.string().startsWith('/').default('/').describe('The path that must answer.'),
    seconds: z.number().positive().default(30).describe('How long it may take.'),
  }),
  setup: ({ config: { port, path, seconds }, state, http, sleep, now }) => ({
    async checkHealth({ workload }, { signal }) {
      const until = now().getTime() + seconds * 1000;
      for (let last = 'nothing'; ; await sleep(1_000, signal)) {
        const { addresses } = await state(workload);
        const url = `http://${addresses[0]?.address}:${port}${path}`;
        const answer = await http({ method: 'GET', url, timeout: 5_000, signal }).catch((error: Error) => error);
        if ('status' in answer && answer.status === 200) return healthy();
        last = 'status' in answer ? String(answer.status) : answer.message;
        if (now().getTime() >= until) return unhealthy(`${url} did not answer within ${seconds} s, but ${last}`);
      }
    },
  }),
});
