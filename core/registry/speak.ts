import { hasCode } from '../errors/app-error.ts';
import type { Hosts } from './hosts.ts';
import type { Answer, Http, Request } from './http.ts';

/** Sends a question to a host by the scheme that it speaks. */
export type Speak = (host: string, path: string, request: Request) => Promise<Answer>;

/** HTTPS; for an insecure host plain HTTP where HTTPS does not work. What worked is remembered until it fails. */
export function createSpeak({ http, hosts }: { readonly http: Http; readonly hosts: Hosts }): Speak {
  const schemes = new Map<string, string>();

  return async (host, path, request) => {
    const send = (scheme: string) => http.send(new URL(`${scheme}://${host}${path}`), request);
    if (!hosts.insecure(host)) return send('https');
    const known = schemes.get(host);
    try {
      const answer = await send(known ?? 'https');
      if (known === undefined) schemes.set(host, 'https');
      return answer;
    } catch (error) {
      const unspoken = hasCode(error, 'REGISTRY_UNREACHABLE', 'REGISTRY_TLS');
      if (unspoken) schemes.delete(host);
      if (!unspoken || known !== undefined) throw error;
    }
    const answer = await send('http');
    schemes.set(host, 'http');
    return answer;
  };
}
