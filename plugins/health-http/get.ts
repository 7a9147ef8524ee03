import {
  type GuardedPattern,
  type HealthVerdict,
  type Http,
  type HttpResponse,
  healthy,
  type Route,
} from 'belfry/plugin';

/** What is asked for, and which answer is good. */
export interface Endpoint {
  readonly scheme: 'http' | 'https';
  readonly port?: number | undefined;
  readonly path: string;
  /** Statuses, or classes such as `2xx`. */
  readonly status: readonly (number | string)[];
  readonly body?: GuardedPattern | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly host?: string | undefined;
}

interface Way {
  readonly routes: readonly Route[];
  readonly timeout: number;
  readonly signal: AbortSignal;
}

export function standardPort({ scheme, port }: Endpoint): number {
  return port ?? (scheme === 'https' ? 443 : 80);
}

/** Asks by each route in turn until one leads to an answer. Resolves with why that is not good, unless it is. */
export async function get(http: Http, endpoint: Endpoint, { routes, ...bounds }: Way): Promise<HealthVerdict | string> {
  const { scheme, path, headers, host } = endpoint;
  const asked = `GET ${scheme}://:${standardPort(endpoint)}${path}`;
  let silence = '';
  for (const route of routes) {
    const address = route.host.includes(':') ? `[${route.host}]` : route.host;
    try {
      const response = await http({
        method: 'GET',
        url: `${scheme}://${address}:${route.port}${path}`,
        headers: { 'user-agent': 'belfry', connection: 'close', ...headers, ...(host === undefined ? {} : { host }) },
        insecure: true,
        ...bounds,
      });
      const why = flaw(endpoint, response);
      return why === undefined ? healthy() : `${asked} ${why}`;
    } catch (error) {
      silence = error instanceof Error ? error.message : String(error);
    }
  }
  return `${asked} got no answer: ${silence}`;
}

function flaw({ status, body }: Endpoint, response: HttpResponse): string | undefined {
  const given = response.status;
  if (!status.some((one) => one === given || one === `${Math.floor(given / 100)}xx`)) {
    return `answered ${given}, not ${status.join(' or ')}`;
  }
  if (body === undefined || body.find([response.body]) !== undefined) return undefined;
  return `answered ${given} without ${body.source} in it`;
}
