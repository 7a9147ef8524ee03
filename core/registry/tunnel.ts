import * as http from 'node:http';
import * as https from 'node:https';
import { isIPv6 } from 'node:net';
import * as tls from 'node:tls';
import { urlToHttpOptions } from 'node:url';
import { AppError } from '../errors/app-error.ts';

/** An agent that reaches HTTPS hosts through a proxy's CONNECT. */
export function createTunnelAgent(proxy: URL, options: https.AgentOptions): https.Agent {
  const open = proxy.protocol === 'https:' ? https.request : http.request;

  function createConnection(target: Target, done: Done): void {
    const authority = `${isIPv6(target.host) ? `[${target.host}]` : target.host}:${target.port}`;
    const connect = open({
      ...urlToHttpOptions(proxy),
      auth: null,
      method: 'CONNECT',
      path: authority,
      headers: { host: authority, ...proxyAuthorization(proxy) },
      agent: false,
      signal: target.interrupt,
    });
    connect.on('error', done);
    connect.on('connect', ({ statusCode }, socket) => {
      if (statusCode === 200) return done(null, tls.connect({ ...target, socket }));
      socket.destroy();
      // What a proxy says in refusing must not be taken for the registry's answer.
      done(new AppError('REGISTRY_UNREACHABLE', `The proxy refuses a connection to ${authority} (${statusCode}).`));
    });
    connect.end();
  }

  return Object.assign(new https.Agent(options), { createConnection });
}

/** The request's own `signal` under a name that Node passes on to agents, so that a silent proxy is let go as well. */
export interface Interruptible {
  readonly interrupt: AbortSignal;
}

interface Target extends tls.ConnectionOptions, Interruptible {
  readonly host: string;
  readonly port: number;
}
type Done = (error: Error | null, socket?: tls.TLSSocket) => void;

/** The header that a proxy wants, where its URL names a user. */
export function proxyAuthorization({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}
