import { isDeepStrictEqual } from 'node:util';
import type { ContainerConfig, Healthcheck, ImageDefaults } from '../../engine/port.ts';
import { fieldAt } from './fields.ts';

/** What the engine fills in from the image where a container says nothing: how each such field is told apart. */
type Merge = (own: unknown, inherited: unknown) => unknown;

const entries: Readonly<Record<string, Merge>> = { Env: withoutInheritedEntries, Healthcheck: ownHealthcheck };

function mergeOf(name: string): Merge | undefined {
  const carried = fieldAt('Config', name)?.carried;
  if (carried === 'unless the image’s') return unlessInherited;
  return carried === 'entry by entry' ? (entries[name] ?? withoutInheritedKeys) : undefined;
}

/**
 * The part of a container's Config that is the user's own: what equals the default of the image it runs is left out,
 * so that the engine fills in the default of whatever image it is created with. Everything else stays, also fields
 * Belfry does not know. Without the image (`null`) everything is the user's.
 */
export function ownConfig(config: ContainerConfig, image: ImageDefaults | null): Record<string, unknown> {
  if (image === null) return { ...config };
  const own: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(config)) {
    const merge = mergeOf(field);
    const kept = merge === undefined ? value : merge(value, image[field]);
    if (kept !== undefined) own[field] = kept;
  }
  return { ...own, ...ownCommand(config, image) };
}

function unlessInherited(own: unknown, inherited: unknown): unknown {
  return isDeepStrictEqual(own ?? null, inherited ?? null) || isEmpty(own) ? undefined : own;
}

function isEmpty(value: unknown): boolean {
  return value === null || value === '';
}

function withoutInheritedEntries(own: unknown, inherited: unknown): unknown {
  const known = new Set((inherited ?? []) as readonly string[]);
  return ((own ?? []) as readonly string[]).filter((entry) => !known.has(entry));
}

function withoutInheritedKeys(own: unknown, inherited: unknown): unknown {
  const known = (inherited ?? {}) as Readonly<Record<string, unknown>>;
  const entries = Object.entries((own ?? {}) as Readonly<Record<string, unknown>>);
  return Object.fromEntries(entries.filter(([key, value]) => !(key in known && isDeepStrictEqual(known[key], value))));
}

// The engine fills a health check field by field.
function ownHealthcheck(own: unknown, inherited: unknown): Healthcheck | undefined {
  const theirs = (inherited ?? {}) as Readonly<Record<string, unknown>>;
  const entries = Object.entries((own ?? {}) as Readonly<Record<string, unknown>>);
  const kept = entries.filter(([field, value]) => !isDeepStrictEqual(theirs[field], value));
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/**
 * Entrypoint and Cmd, which the engine fills in together: the image's Cmd only where both are empty, its Entrypoint
 * only where that is absent. A single empty string asks for no entrypoint at all.
 */
function ownCommand(config: ContainerConfig, image: ImageDefaults): Pick<ImageDefaults, 'Entrypoint' | 'Cmd'> {
  const { Entrypoint = null, Cmd = null } = config;
  if (!isDeepStrictEqual(list(Entrypoint), list(image.Entrypoint))) {
    return { Entrypoint: list(Entrypoint).length === 0 ? [''] : Entrypoint, Cmd };
  }
  if (isDeepStrictEqual(list(Cmd), list(image.Cmd))) return { Entrypoint: null, Cmd: null };
  // A Cmd emptied by naming the image's own entrypoint must not be filled again.
  return { Entrypoint: list(Cmd).length === 0 ? Entrypoint : null, Cmd };
}

function list(value: readonly string[] | null | undefined): readonly string[] {
  return value ?? [];
}
