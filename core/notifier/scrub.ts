import { createRedact, maskShapes } from '../config/redact.ts';

/** Masks secrets in everything that leaves: those of the configuration, and what looks like one. */
export type Scrub = <Value>(value: Value) => Value;

/**
 * Made for one notifier: its own addresses and keys count as secrets even where they stand in the file as they are.
 * Takes texts, and plain data that holds texts at any depth, names of labels included.
 */
export function createScrub(config: unknown, redact: (text: string) => string): Scrub {
  const own = createRedact([...new Set(secretsIn(config))]);
  const mask = (text: string) => maskShapes(own(redact(text.length > most ? text.slice(0, most) : text)));
  const walk = (value: unknown, within = ''): unknown => {
    if (typeof value === 'string') return mask(value);
    if (Array.isArray(value)) return value.map((one) => walk(one));
    if (typeof value !== 'object' || value === null) return value;
    // All other names are ours: a secret that is one of them must not take a report apart.
    const name = within === 'labels' ? mask : (key: string) => key;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [name(key), walk(inner, key)]));
  };
  return <Value>(value: Value) => walk(value) as Value;
}

const secretNames = /url|token|secret|pass|key|auth|credential|webhook|cookie/i;
/** Messages hold less by far, so that what is masked before the end brings no cut secret into them. */
const most = 100_000;

/** A shorter part of an address is a word of its service's, not a secret. */
const shortestPart = 12;

/** The values in a configuration that its names, such as `token`, say are secret; of addresses their telling parts too. */
export function secretsIn(config: unknown, name = ''): readonly string[] {
  if (typeof config === 'string') return secretNames.test(name) ? partsOf(config) : [];
  if (typeof config !== 'object' || config === null) return [];
  return Object.entries(config).flatMap(([key, value]) =>
    open.has(key) ? [] : secretsIn(value, Array.isArray(config) ? name : `${name} ${key}`),
  );
}

/** Settings that are made to be shown. */
const open: ReadonlySet<string> = new Set(['hostUrl', 'select', 'template', 'mention', 'delivery', 'schedule', 'keys']);

function partsOf(value: string): readonly string[] {
  if (!/^[a-z]+:\/\//.test(value) || !URL.canParse(value)) return [value];
  const { username, password, pathname, searchParams } = new URL(value);
  const parts = [...pathname.split('/'), ...searchParams.values(), username].filter(
    (part) => part.length >= shortestPart,
  );
  return [value, ...parts, ...(password === '' ? [] : [decodeURIComponent(password)])];
}
