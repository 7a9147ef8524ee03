import { AppError, hasCode } from '../errors/app-error.ts';
import type { Credentials } from './credentials.ts';
import { statusFailure } from './failures.ts';
import type { Answer, Http, Request } from './http.ts';
import { isRecord, parseJson } from './json.ts';

/** What a bearer token is asked for. */
export interface Grant {
  readonly realm: URL;
  readonly service: string | undefined;
  readonly repository: string;
  readonly credentials: Credentials | undefined;
}

export interface Tokens {
  /** A token that is still good; concurrent requests for one grant share one question. */
  get(grant: Grant): Promise<string>;
  /** Drops a token that a registry has refused. */
  forget(grant: Grant): void;
}

interface Entry {
  readonly token: Promise<string>;
  expires: number;
}

const maxBytes = 1024 * 1024;
const defaultSeconds = 60;
const marginMs = 10_000;

/** Fetches tokens as the distribution specification has it, and keeps them until shortly before they expire. */
export function createTokens({ http, now }: { readonly http: Http; readonly now: () => number }): Tokens {
  const entries = new Map<string, Entry>();

  function get(grant: Grant): Promise<string> {
    const key = keyOf(grant);
    const known = entries.get(key);
    if (known !== undefined && known.expires > now()) return known.token;
    for (const [old, { expires }] of entries) if (expires <= now()) entries.delete(old);
    const entry: Entry = { token: fetchToken(grant), expires: Number.POSITIVE_INFINITY };
    entries.set(key, entry);
    return entry.token;

    async function fetchToken(wanted: Grant): Promise<string> {
      try {
        const { token, seconds } = await request(http, wanted);
        entry.expires = now() + seconds * 1000 - marginMs;
        return token;
      } catch (error) {
        if (entries.get(key) === entry) entries.delete(key);
        throw error;
      }
    }
  }

  return { get, forget: (grant) => void entries.delete(keyOf(grant)) };
}

function keyOf({ realm, service, repository, credentials }: Grant): string {
  return JSON.stringify([realm.href, service, repository, credentials]);
}

interface Token {
  readonly token: string;
  readonly seconds: number;
}

async function request(http: Http, grant: Grant): Promise<Token> {
  const { credentials } = grant;
  if (credentials !== undefined && 'identityToken' in credentials) {
    const answer = await http.send(grant.realm, refresh(grant, credentials.identityToken));
    // These realms do not know OAuth 2; they take the identity token for a password.
    if (answer.status !== 404 && answer.status !== 405) return parseToken(answer, grant);
  }
  const url = new URL(grant.realm);
  if (grant.service !== undefined) url.searchParams.set('service', grant.service);
  url.searchParams.set('scope', scopeOf(grant));
  const headers: Record<string, string> = credentials === undefined ? {} : { authorization: basic(credentials) };
  return parseToken(await http.send(url, { method: 'GET', headers, maxBytes }), grant);
}

function refresh(grant: Grant, identityToken: string): Request {
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: 'belfry',
    scope: scopeOf(grant),
    refresh_token: identityToken,
  });
  if (grant.service !== undefined) form.set('service', grant.service);
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return { method: 'POST', headers, body: form.toString(), maxBytes };
}

function scopeOf({ repository }: Grant): string {
  return `repository:${repository}:pull`;
}

/** The value of an Authorization header with a password. */
export function basic(credentials: Credentials): string {
  const pair =
    'identityToken' in credentials
      ? `<token>:${credentials.identityToken}`
      : `${credentials.username}:${credentials.password}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

function parseToken(answer: Answer, { repository, credentials }: Grant): Token {
  if (answer.status !== 200) {
    const failure = statusFailure(answer, `a token for ${repository}`);
    if (credentials === undefined || !hasCode(failure, 'REGISTRY_UNAUTHORIZED')) throw failure;
    throw new AppError(
      'REGISTRY_UNAUTHORIZED',
      `${failure.message} The credentials were found in ${credentials.source}.`,
    );
  }
  const json = parseJson(answer.body);
  const token = isRecord(json) ? json.token || json.access_token : undefined;
  if (!isRecord(json) || typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) {
    throw new AppError('REGISTRY_ANSWER_INVALID', `${answer.url.host} answers a request for a token without one.`);
  }
  const seconds = json.expires_in;
  return { token, seconds: typeof seconds === 'number' && seconds > 0 ? seconds : defaultSeconds };
}
