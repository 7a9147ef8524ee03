import { AppError } from '../../errors/app-error.ts';

/** An address as shoutrrr writes them, `SERVICE://USER:PASSWORD@HOST/PATH?KEY=VALUE`, taken apart and decoded. */
export interface Address {
  /** In lower case, such as `slack` or `generic+https`. */
  readonly scheme: string;
  /** As it was written. It is a secret. */
  readonly text: string;
  /** Empty where there is none. */
  readonly user: string;
  readonly password: string;
  /** With the port, where there is one. */
  readonly host: string;
  readonly hostname: string;
  readonly port: number | undefined;
  /** Without empty parts. */
  readonly path: readonly string[];
  /** The first value of each key; keys in lower case, as shoutrrr does not tell cases apart. */
  readonly query: ReadonlyMap<string, string>;
}

/** Takes an address apart. Throws a fault where it is none. */
export function readAddress(text: string): Address {
  if (!text.includes('://'))
    throw fault('this is neither an address of the form SERVICE://… nor a file that can be read');
  if (!URL.canParse(text) || !/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) throw fault(notWhole);
  const url = new URL(text);
  const query = new Map<string, string>();
  for (const [key, value] of url.searchParams) {
    if (key !== '' && !query.has(key.toLowerCase())) query.set(key.toLowerCase(), value);
  }
  return {
    scheme: url.protocol.slice(0, -1),
    text,
    user: decoded(url.username),
    password: decoded(url.password),
    host: decoded(url.host),
    hostname: decoded(url.hostname),
    port: url.port === '' ? undefined : Number(url.port),
    path: url.pathname.split('/').filter(Boolean).map(decoded),
    query,
  };
}

/** The address of the receiver itself, which must be one that the web knows. Throws a fault where it is none. */
export function readUrl(text: string): URL {
  if (!URL.canParse(text)) throw fault(notWhole);
  return new URL(text);
}

const notWhole =
  'this is no address of the form SERVICE://…; signs such as @, /, #, % and : in a password are written as %40, %2F, %23, %25 and %3A';

/** What is wrong with an address; nothing of the address itself may be in it. */
export function fault(message: string, hint?: string): AppError {
  return new AppError('NOTIFICATION_URL_INVALID', message, hint === undefined ? {} : { hint });
}

/** A switch as shoutrrr reads it: yes or no, true or false, 1 or 0. */
export function isOn({ query }: Address, key: string, standard = false): boolean {
  const value = query.get(key);
  if (value === undefined || value === '') return standard;
  if (yes.test(value)) return true;
  if (no.test(value)) return false;
  throw fault(`\`${key}\` is neither yes nor no`);
}

export const yes = /^(?:yes|y|true|t|1)$/i;
export const no = /^(?:no|n|false|f|0|)$/i;

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw fault(notWhole);
  }
}
