import { type Asking, definePlugin, pattern, probeFields, probeLabels, probing, unhealthy, z } from 'belfry/plugin';
import { type Endpoint, get, standardPort } from './get.ts';
import { readEndpoint } from './label.ts';

const statuses = z.union([z.int().min(100).max(599), z.enum(['1xx', '2xx', '3xx', '4xx', '5xx'])]);
const headerName = z.string().regex(/^[\w-]+$/);
const headerText = z.string().regex(/^[^\r\n]*$/);
const path = z.string().regex(/^\/[\x21-\x7e]*$/, { error: 'expected a path that begins with /' });

const check = z.strictObject({
  ...probeFields(),
  scheme: z.enum(['http', 'https']).prefault('http').describe('With `https` any certificate will do.'),
  port: z.int().min(1).max(65_535).optional().describe('The port in the container; 80, or 443 with `https`.'),
  path: path.prefault('/').describe('What is asked for, with a query where it needs one.'),
  status: z.array(statuses).min(1).prefault(['2xx', '3xx']).describe('The answers that pass: statuses or classes.'),
  body: pattern().optional().describe('A pattern that must be found in the first 64 KiB of the answer.'),
  headers: z.record(headerName, headerText).prefault({}).describe('Headers to send.'),
  host: headerText.optional().describe('The `Host` header, for an application that answers to its own name only.'),
});

export default definePlugin({
  name: 'health-http',
  apiVersion: 1,
  summary: 'Asks the container over HTTP until it answers as it should.',
  labels: { 'health.http': 'A port and path that must answer, such as :8080/healthz.', ...probeLabels },
  requires: ['state', 'routes'],
  config: z.strictObject({ checks: z.array(check).prefault([]).describe('The checks, each for some containers.') }),
  ...probing<Endpoint>({
    fromLabels: (read) => read('health.http', 'a port and path of the container such as :8080/healthz', readEndpoint),
    async obstacle({ check, workload, context }) {
      const { running } = await context.state(workload);
      if (!running) return undefined;
      const { obstacle } = await context.routes(workload, standardPort(check));
      return obstacle === null ? undefined : `${obstacle}; health-exec would check it from inside`;
    },
    begin: (asking) => (moment) => attempt(asking, moment),
  }),
});

async function attempt(
  { check, workload, context }: Asking<Endpoint>,
  { left, signal }: { readonly left: number; readonly signal: AbortSignal },
) {
  const { routes, obstacle } = await context.routes(workload, standardPort(check));
  if (obstacle !== null) return unhealthy(obstacle);
  return get(context.http, check, { routes, timeout: Math.min(left, 10_000), signal });
}
