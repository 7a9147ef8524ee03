import { type Asking, definePlugin, healthy, probeFields, probeLabels, probing, unhealthy, z } from 'belfry/plugin';
import { dial } from './dial.ts';

const port = z.int().min(1).max(65_535);
const check = z.strictObject({ ...probeFields(), port: port.describe('The port in the container.') });

export default definePlugin({
  name: 'health-tcp',
  apiVersion: 1,
  summary: 'Waits until a port of the container takes connections.',
  labels: { 'health.tcp': 'A port that must take connections, such as 5432.', ...probeLabels },
  requires: ['state', 'routes'],
  config: z.strictObject({ checks: z.array(check).prefault([]).describe('The checks, each for some containers.') }),
  ...probing<{ readonly port: number }>({
    fromLabels: (read) => read('health.tcp', 'a port of the container such as 5432', readPort),
    async obstacle({ check, workload, context }) {
      const { running } = await context.state(workload);
      if (!running) return undefined;
      const { obstacle } = await context.routes(workload, check.port);
      return obstacle === null ? undefined : `${obstacle}; health-exec would check it from inside`;
    },
    begin: (asking) => (moment) => attempt(asking, moment),
  }),
});

function readPort(text: string): { readonly port: number } | undefined {
  const [, digits] = /^:?(\d{1,5})$/.exec(text) ?? [];
  return port.safeParse(Number(digits)).success ? { port: Number(digits) } : undefined;
}

/** Tries each route in turn until one leads to an open port. */
async function attempt(
  { check, workload, context }: Asking<{ readonly port: number }>,
  { left, signal }: { readonly left: number; readonly signal: AbortSignal },
) {
  const { routes, obstacle } = await context.routes(workload, check.port);
  if (obstacle !== null) return unhealthy(obstacle);
  let why = '';
  for (const route of routes) {
    const answer = await dial(route, { timeout: Math.min(left, 10_000), signal });
    if (answer === undefined) return healthy();
    why = answer;
  }
  return `port ${check.port} takes no connection: ${why}`;
}
