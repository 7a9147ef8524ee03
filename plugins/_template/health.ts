import { definePlugin, healthy, unhealthy, z } from 'belfry/plugin';

export default definePlugin({
  name: 'my-plugin',
  apiVersion: 1,
  summary: 'A new container is healthy once it answers 200 to an HTTP request.',
  requires: ['routes'],
  config: z.strictObject({
    port: z.int().min(1).max(65_535).describe('The port in the container.'),
    path: z.string().startsWith('/').default('/').describe('The path that must answer.'),
    seconds: z.number().positive().default(30).describe('How long it may take.'),
  }),
  patience: ({ seconds }) => (seconds + 10) * 1000,
  setup: ({ config: { port, path, seconds }, routes, http, sleep, now }) => ({
    async checkHealth({ workload }, { signal }) {
      const until = now().getTime() + seconds * 1000;
      for (;;) {
        const found = await routes(workload, port);
        const [way] = found.routes;
        if (way === undefined) return unhealthy(found.obstacle ?? 'there is no way to it');
        const url = `http://${way.host}:${way.port}${path}`;
        const answer = await http({ method: 'GET', url, timeout: 5_000, signal }).catch((error: Error) => error);
        if ('status' in answer && answer.status === 200) return healthy();
        const last = 'status' in answer ? `status ${answer.status}` : answer.message;
        if (now().getTime() >= until) return unhealthy(`${url} was not ready within ${seconds} s: ${last}`);
        await sleep(1_000, signal);
      }
    },
  }),
});
