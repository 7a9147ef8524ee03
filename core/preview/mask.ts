import { createRedact } from '../config/redact.ts';
import { createScrub, type Scrub } from '../notifier/scrub.ts';
import type { Plugin } from '../plugin.ts';
import { configSchemaOf, replaceSecrets } from '../plugin-schema.ts';
import { isObject, readJson } from './shape.ts';

/** Masks what a request needs and nobody else may see: what the schema calls secret, and what looks like it. */
export function maskOf(plugin: Plugin, config: unknown, redact: (text: string) => string): Scrub {
  const secret = createRedact(secretsIn(config, configSchemaOf(plugin)));
  const scrub = createScrub(config, (text) => secret(redact(text)));
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value === 'string') return masked(value);
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, key === 'url' ? address(inner) : walk(inner)]),
    );
  };
  /** In JSON only the values: a secret may be a plain word that is a name there. */
  function masked(text: string): string {
    const read = readJson(text);
    if (read === undefined) return scrub(text);
    const [before, after] = [read, walk(read)].map((one) => JSON.stringify(one));
    return before === after ? text : (after ?? '');
  }
  /** Which server it is may be seen. */
  function address(value: unknown): unknown {
    const shown = walk(value);
    if (typeof value !== 'string' || shown === value || !URL.canParse(value)) return shown;
    const { origin, pathname, search, username } = new URL(value);
    return pathname === '/' && search === '' && username === '' ? value : `${origin}/•••`;
  }
  return <Value>(value: Value) => walk(value) as Value;
}

/** The texts below everything that is marked as `writeOnly`. */
function secretsIn(config: unknown, schema: unknown): readonly string[] {
  const found: string[] = [];
  replaceSecrets(config, schema, { replace: (secret) => void found.push(...textsIn(secret)) });
  return found;
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
