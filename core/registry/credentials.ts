import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { RegistrySettings } from '../config/settings.ts';
import { AppError } from '../errors/app-error.ts';
import { askHelper } from './credential-helper.ts';
import { registrySettings } from './hosts.ts';
import { isRecord } from './json.ts';
import type { Environment } from './proxy.ts';
import { registryKey } from './reference.ts';

/** What a registry is told; `source` says where it was found, for messages. */
export type Credentials = Secret & {
  readonly source: string;
  /** True for REPO_USER and REPO_PASS, which are meant for no registry in particular. */
  readonly shared: boolean;
};
export type Secret = { readonly username: string; readonly password: string } | { readonly identityToken: string };

export interface CredentialStore {
  /**
   * The credentials for a host, undefined where there are none. Throws CREDENTIALS_INVALID and
   * CREDENTIALS_HELPER_FAILED, with nothing secret in the message.
   */
  of(host: string): Promise<Credentials | undefined>;
  /** Reads everything anew from here on. */
  forget(): void;
}

export interface CredentialOptions {
  readonly registries: Readonly<Record<string, RegistrySettings>>;
  readonly env: Environment;
  readonly helperTimeoutMs?: number;
}

/** Looks in the settings, then in Docker's config.json, then at REPO_USER and REPO_PASS. */
export function createCredentials({ registries, env, helperTimeoutMs = 10_000 }: CredentialOptions): CredentialStore {
  let config: Promise<DockerConfig | undefined> | undefined;
  const found = new Map<string, Promise<Credentials | undefined>>();

  async function find(key: string): Promise<Credentials | undefined> {
    const own = registrySettings(registries, key);
    if (own?.username !== undefined && own.password !== undefined) {
      return { username: own.username, password: own.password, source: 'the settings', shared: false };
    }
    config ??= readConfig(env);
    return (await fromConfig(await config, key)) ?? fromEnvironment(env);
  }

  async function fromConfig(docker: DockerConfig | undefined, key: string): Promise<Credentials | undefined> {
    if (docker === undefined) return undefined;
    const helper = entryOf(docker.credHelpers, key) ?? docker.credsStore;
    const server = serverAddress(key);
    const helped =
      helper === undefined ? undefined : await askHelper({ helper, server, env, timeoutMs: helperTimeoutMs });
    if (helped !== undefined) return { ...helped, source: `docker-credential-${helper}`, shared: false };
    const secret = secretOf(entryOf(docker.auths, key), () => broken(docker.path, `its entry for ${key} is malformed`));
    return secret && { ...secret, source: docker.path, shared: false };
  }

  function of(host: string): Promise<Credentials | undefined> {
    const key = registryKey(host);
    const search = found.get(key) ?? find(key);
    found.set(key, search);
    return search;
  }

  function forget(): void {
    config = undefined;
    found.clear();
  }

  return { of, forget };
}

/** The address by which Docker's tools know a registry. */
export function serverAddress(host: string): string {
  const key = registryKey(host);
  return key === 'docker.io' ? 'https://index.docker.io/v1/' : key;
}

interface DockerConfig {
  readonly path: string;
  readonly auths: Readonly<Record<string, unknown>>;
  readonly credHelpers: Readonly<Record<string, string>>;
  readonly credsStore: string | undefined;
}

/** The first config.json there is: Docker's own two places, then where Watchtower's users mount it. */
async function readConfig(env: Environment): Promise<DockerConfig | undefined> {
  const folders = [...(env.DOCKER_CONFIG ? [env.DOCKER_CONFIG] : []), join(env.HOME || homedir(), '.docker'), '/'];
  for (const path of folders.map((folder) => join(folder, 'config.json'))) {
    const text = await readIfPresent(path);
    if (text !== undefined) return parseConfig(path, text);
  }
  return undefined;
}

async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw broken(path, code === 'EISDIR' ? 'it is a folder' : `reading it fails (${code})`);
  }
}

function parseConfig(path: string, text: string): DockerConfig {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, and with it secrets.
    throw broken(path, 'it is not JSON');
  }
  if (!isRecord(json)) throw broken(path, 'it is not a JSON object');
  const { auths = {}, credHelpers = {}, credsStore } = json;
  if (!isRecord(auths)) throw broken(path, '"auths" is not an object');
  if (!isRecord(credHelpers)) throw broken(path, '"credHelpers" is not an object');
  const helpers: Record<string, string> = {};
  for (const [host, helper] of Object.entries(credHelpers)) if (typeof helper === 'string') helpers[host] = helper;
  const store = typeof credsStore === 'string' && credsStore !== '' ? credsStore : undefined;
  return { path, auths, credHelpers: helpers, credsStore: store };
}

function entryOf<Value>(entries: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return entries[key] ?? Object.entries(entries).find(([name]) => registryKey(name) === key)?.[1];
}

function secretOf(entry: unknown, malformed: () => AppError): Secret | undefined {
  if (entry === undefined) return undefined;
  if (!isRecord(entry)) throw malformed();
  const { auth, username, password, identitytoken } = entry;
  if (typeof identitytoken === 'string' && identitytoken !== '') return { identityToken: identitytoken };
  if (typeof auth === 'string' && auth !== '') {
    const pair = Buffer.from(auth, 'base64').toString().replace(/\0+$/, '');
    const colon = pair.indexOf(':');
    if (colon < 1) throw malformed();
    return { username: pair.slice(0, colon), password: pair.slice(colon + 1) };
  }
  return typeof username === 'string' && username !== '' && typeof password === 'string'
    ? { username, password }
    : undefined;
}

function fromEnvironment({ REPO_USER, REPO_PASS }: Environment): Credentials | undefined {
  if (!REPO_USER || !REPO_PASS) return undefined;
  return { username: REPO_USER, password: REPO_PASS, source: 'REPO_USER and REPO_PASS', shared: true };
}

function broken(path: string, why: string): AppError {
  return new AppError('CREDENTIALS_INVALID', `${path} cannot be used: ${why}.`);
}
