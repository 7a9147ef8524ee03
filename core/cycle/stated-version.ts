import type { ImageDefaults } from '../engine/port.ts';

/** What an image says of itself; a registry's word for it may have any shape. */
export type Statements = { readonly Labels?: ImageDefaults['Labels']; readonly Env?: unknown } | null | undefined;

/**
 * The version that an image states: by its labels, else by the variable that official images name after themselves,
 * such as REDIS_VERSION, or that they inherit from the database they are made from, such as PG_VERSION.
 */
export function statedVersion(reference: string, image: Statements): string | null {
  const labels = image?.Labels ?? {};
  const label = isInherited(reference, labels) ? '' : labels['org.opencontainers.image.version'];
  if (label) return label;
  return labels['org.label-schema.version'] || variableOf(reference, image, 'VERSION');
}

/** Whether two images state to be of different major series, such as PG_MAJOR 16 and 17, or MYSQL_MAJOR 8.0 and 8.4. */
export function changesSeries(reference: string, from: Statements, to: Statements): boolean {
  return prefixes(reference).some((prefix) => {
    const [before, after] = [from, to].map((image) => variable(image, `${prefix}_MAJOR`));
    return before !== undefined && after !== undefined && before !== after;
  });
}

/** Ubuntu labels its images, and what is made from one without labels of its own seems to be of Ubuntu's version. */
function isInherited(reference: string, labels: Readonly<Record<string, string>>): boolean {
  return labels['org.opencontainers.image.ref.name'] === 'ubuntu' && nameOf(reference) !== 'ubuntu';
}

function variableOf(reference: string, image: Statements, suffix: string): string | null {
  for (const prefix of prefixes(reference)) {
    const version = upstream(variable(image, `${prefix}_${suffix}`) ?? '');
    if (version !== undefined) return version;
  }
  return null;
}

/** Whose data an image keeps, if it is made from one of these, goes by their version. */
const databases = ['PG', 'MYSQL', 'MARIADB', 'MONGO'];

function prefixes(reference: string): readonly string[] {
  return [
    nameOf(reference)
      .replace(/[^a-z0-9]+/g, '_')
      .toUpperCase(),
    ...databases,
  ];
}

/** `postgres` of `registry.example.org:5000/team/postgres:16@sha256:…` */
function nameOf(reference: string): string {
  const [path = ''] = reference.split('@');
  return path.slice(path.lastIndexOf('/') + 1).split(':')[0] ?? '';
}

function variable(image: Statements, name: string): string | undefined {
  const start = `${name}=`;
  const lines: readonly unknown[] = Array.isArray(image?.Env) ? image.Env : [];
  const line = lines.find((one) => typeof one === 'string' && one.startsWith(start));
  return typeof line === 'string' ? line.slice(start.length) : undefined;
}

/** `16.1` of a package's `16.1-1.pgdg120+1`, and `10.11.6` of `1:10.11.6+maria~ubu2204`; undefined for no version. */
function upstream(version: string): string | undefined {
  const [, plain] =
    /^(?:\d{1,4}:)?(v?\d{1,9}(?:\.\d{1,9}){0,4}(?:[-~][a-z]\w{0,20})?)(?:[-+~].{0,99})?$/.exec(version) ?? [];
  return plain?.replace('~', '-');
}
