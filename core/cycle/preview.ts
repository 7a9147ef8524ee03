import type { ImageVersion, Workload } from '../events.ts';
import type { Job } from './decide.ts';
import { canonical, canonicalDefaults } from './settings/canonical.ts';

/** What an update would do to one workload, for dry runs. */
export interface Preview {
  readonly workload: Workload;
  readonly from: ImageVersion;
  readonly to: ImageVersion;
  /** Why it would not be done now; null where it would. */
  readonly refusal: string | null;
  /** Settings that come from the image and would follow the new one, as `path: before -> after`. */
  readonly follows: readonly string[];
  /** What cannot go along, a sentence each. */
  readonly notPreserved: readonly string[];
  /** The names of those that would be made anew with it, and of those that would be restarted. */
  readonly recreates: readonly string[];
  readonly restarts: readonly string[];
  /** `original`: the very container comes back; `re-create`: it would have to be made again (--rm). */
  readonly rollback: 'original' | 're-create';
}

export function previewOf(
  { workload, from, to, original, current, defaults }: Job,
  refusal: string | null,
  besides: Pick<Preview, 'recreates' | 'restarts'>,
): Preview {
  const before = canonicalDefaults(current?.Config ?? null);
  const after = canonicalDefaults(defaults);
  const used = canonical(original);
  const inherited = [...before].filter(([path, value]) => same(used.get(path) ?? [], value ?? []));
  const changed = inherited.filter(([path, value]) => !same(after.get(path), value));
  return {
    workload,
    from,
    to,
    refusal,
    ...besides,
    follows: changed.map(([path, value]) => `${path}: ${text(value)} -> ${text(after.get(path))}`),
    notPreserved: original.HostConfig.AutoRemove ? ['its log, which the engine removes together with it (--rm)'] : [],
    rollback: original.HostConfig.AutoRemove ? 're-create' : 'original',
  };
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function text(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
