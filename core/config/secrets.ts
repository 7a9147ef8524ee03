import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { AppError } from '../errors/app-error.ts';
import type { Environment } from './environment.ts';

/** A parsed file with its references resolved, and the values that must never be shown. */
export interface Resolved {
  readonly content: unknown;
  readonly secrets: readonly string[];
  readonly problems: readonly AppError[];
}

/** Replaces `${env:NAME}` and `${file:PATH}` in every string, at any depth; `$${` stands for `${`. */
export function resolveSecrets(content: unknown, places: Places): Resolved {
  const secrets: string[] = [];
  const problems: AppError[] = [];
  const walk = (value: unknown, path: readonly string[]): unknown => {
    if (typeof value === 'string') return resolveText(value, path.join('.'));
    if (Array.isArray(value)) return value.map((item, index) => walk(item, [...path, String(index)]));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item, [...path, key])]));
  };
  const resolveText = (text: string, place: string): string =>
    text.replace(/\$\$\{|\$\{(env|file):([^}]*)\}/g, (reference: string, source?: string, name = '') => {
      if (source === undefined) return '${';
      const secret = source === 'env' ? places.environment[name] : readSecret(resolve(places.folder, name));
      if (secret === undefined || secret === '') {
        const what =
          source === 'env' ? `the variable ${name} is not set` : `the file ${name} is empty or cannot be read`;
        problems.push(new AppError('SECRET_MISSING', `${places.origin}: ${place}: ${what}.`));
        return reference;
      }
      secrets.push(secret);
      return secret;
    });
  return { content: walk(content, []), secrets, problems };
}

interface Places {
  readonly environment: Environment;
  /** Relative paths start here. */
  readonly folder: string;
  /** The file's name, for messages. */
  readonly origin: string;
}

function readSecret(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch {
    return undefined;
  }
}
