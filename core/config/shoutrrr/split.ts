import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';

/**
 * Splits a variable that holds addresses, as Watchtower does: at spaces, and at commas that another address follows. An
 * address may hold commas, and after one of them the `https://…` of a button.
 */
export function splitAddresses(text: string): readonly string[] {
  return text
    .split(/\s+/)
    .flatMap((part) => part.split(/,(?=(?!https?:)[a-z][a-z0-9+.-]*:\/\/)|,$/i))
    .filter(Boolean);
}

/** A value, or what is in the file that it is the path of: Watchtower takes secrets from files so. */
export function fromFile(value: string, cwd: string): string {
  return readPath(value, cwd)?.trim() ?? value;
}

/** The same for addresses: a file has one in each line, besides empty ones and comments that begin with #. */
export function addressesFrom(value: string, cwd: string): readonly string[] {
  const text = readPath(value, cwd);
  if (text === undefined) return [value];
  return text.split('\n').flatMap((line) => (/^\s*(?:#|$)/.test(line) ? [] : line.trim()));
}

/** Undefined where the value looks like no path, or there is no file. */
function readPath(value: string, cwd: string): string | undefined {
  const colon = value.indexOf(':');
  if (colon !== -1 && colon !== 1) return undefined;
  try {
    const path = resolve(cwd, value);
    return statSync(path).isFile() ? readFileSync(path, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}
