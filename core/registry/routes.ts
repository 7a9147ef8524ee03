import * as http from 'node:http';
import * as https from 'node:https';
import { urlToHttpOptions } from 'node:url';
import type { Hosts } from './hosts.ts';
import { type Environment, proxyRules } from './proxy.ts';
import { createTunnelAgent, proxyAuthorization } from './tunnel.ts';

/** The way to a URL. */
export interface Route {
  readonly open: typeof http.request;
  readonly options: https.RequestOptions;
  /** Headers for the proxy alone. */
  readonly headers: Readonly<Record<string, string>>;
  /** The host and port of the proxy, where one is used. */
  readonly via: string | undefined;
}

export interface Routes {
  to(url: URL): Route;
}

// Idle connections go before a firewall forgets them; two seconds for an address family, since Node's 250 ms are
// too short for a slow line and would fail a host that answers.
const agentOptions = { keepAlive: true, timeout: 30_000, autoSelectFamilyAttemptTimeout: 2000 } as const;

/** Finds the way: direct, through CONNECT for HTTPS, or by the full URL to the proxy for plain HTTP. */
export function createRoutes({ hosts, env }: { readonly hosts: Hosts; readonly env: Environment }): Routes {
  const plain = new http.Agent(agentOptions);
  const secure = new https.Agent(agentOptions);
  const tunnels = new Map<string, https.Agent>();
  const proxyOf = proxyRules(env);

  function tunnel(proxy: URL): https.Agent {
    const agent = tunnels.get(proxy.href) ?? createTunnelAgent(proxy, agentOptions);
    tunnels.set(proxy.href, agent);
    return agent;
  }

  function to(url: URL): Route {
    const proxy = proxyOf(url);
    const options = urlToHttpOptions(url);
    const route = { headers: {}, via: proxy?.host };
    if (url.protocol === 'https:') {
      const agent = proxy === undefined ? secure : tunnel(proxy);
      return { ...route, open: https.request, options: { ...options, ...hosts.tls(url.host), agent } };
    }
    if (proxy === undefined) return { ...route, open: http.request, options: { ...options, agent: plain } };
    const overTls = proxy.protocol === 'https:';
    return {
      ...route,
      open: overTls ? https.request : http.request,
      options: { ...urlToHttpOptions(proxy), auth: null, agent: overTls ? secure : plain, path: url.href },
      headers: { host: url.host, ...proxyAuthorization(proxy) },
    };
  }

  return { to };
}
