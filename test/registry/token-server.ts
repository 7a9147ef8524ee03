import { createPrivateKey, sign } from 'node:crypto';
import type { Certificate } from './certificate.ts';
import { type Server, startServer } from './server.ts';

export const account = { username: 'ringer', password: 'test-password' };
const basic = `Basic ${Buffer.from(`${account.username}:${account.password}`).toString('base64')}`;

export interface TokenServer extends Server {
  /** An Authorization header that allows pushing too. */
  authorize(repository: string): Promise<string>;
}

/** Issues the signed tokens that docker-registry accepts, to one account alone. */
export async function startTokenServer(certificate: Certificate, service: string): Promise<TokenServer> {
  const server = await startServer(({ path, authorization }) => {
    if (authorization !== basic) return { status: 401 };
    const query = new URL(path, 'http://server').searchParams;
    const [type = '', name = '', actions = ''] = (query.get('scope') ?? '').split(':');
    const token = issue([{ type, name, actions: actions.split(',') }]);
    return { status: 200, body: JSON.stringify({ token, expires_in: 300 }) };
  });

  function issue(access: readonly object[]): string {
    const now = Math.floor(Date.now() / 1000);
    const chain = [certificate.certificate.replace(/-----[A-Z ]+-----|\s/g, '')];
    const claims = {
      iss: service,
      sub: account.username,
      aud: service,
      exp: now + 300,
      nbf: now - 10,
      iat: now,
      jti: 'x',
      access,
    };
    const text = [{ typ: 'JWT', alg: 'RS256', x5c: chain }, claims].map(encode).join('.');
    const signature = sign('RSA-SHA256', Buffer.from(text), createPrivateKey(certificate.key));
    return `${text}.${signature.toString('base64url')}`;
  }

  return {
    ...server,
    authorize: async (name) => `Bearer ${issue([{ type: 'repository', name, actions: ['pull', 'push'] }])}`,
  };
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
