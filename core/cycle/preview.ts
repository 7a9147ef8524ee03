import { problemOf } from '../errors/app-error.ts';
import type { ImageVersion, Workload } from '../events.ts';
import type { Context } from './context.ts';
import type { Job, Objection } from './decide.ts';
import { canonical, canonicalDefaults } from './settings/canonical.ts';
import { copiedFiles } from './settings/copied-files.ts';
import { largeLayer } from './settings/layer.ts';
import { unspoken, unsupported } from './settings/unsupported.ts';

/** What an update would do to one workload, for dry runs. */
export interface Preview {
  readonly workload: Workload;
  readonly from: ImageVersion;
  readonly to: ImageVersion;
  /** Why it would not be done now; null where it would. */
  readonly refusal: string | null;
  /** With a refusal: its code, who refuses, and until when; else null. */
  readonly code: string | null;
  readonly by: string | null;
  readonly until: string | null;
  /** Settings that come from the image and would follow the new one, as `path: before -> after`. */
  readonly follows: readonly string[];
  /** Files that Compose put into the container, and that would be copied along. */
  readonly files: readonly string[];
  /** What cannot go along, a sentence each. */
  readonly notPreserved: readonly string[];
  /** The names of those that would be made anew with it, and of those that would be restarted. */
  readonly recreates: readonly string[];
  readonly restarts: readonly string[];
  /** `original`: the very container comes back; `re-create`: it would have to be made again (--rm). */
  readonly rollback: 'original' | 're-create';
}

export async function previewOf(
  context: Context,
  job: Job,
  objection: Objection | undefined,
): Promise<Omit<Preview, 'recreates' | 'restarts'>> {
  const { workload, from, to, original } = job;
  const carried = await filesOf(context, job);
  const { reason, code, by, until } = objection ?? carried.objection ?? {};
  return {
    workload,
    from,
    to,
    refusal: reason ?? null,
    code: code ?? null,
    by: by ?? null,
    until: until ?? null,
    follows: await followers(context, job),
    files: carried.files,
    notPreserved: await leftBehind(context, job),
    rollback: original.HostConfig.AutoRemove ? 're-create' : 'original',
  };
}

async function followers({ engine }: Context, { original, current, defaults }: Job): Promise<readonly string[]> {
  const { apiVersion } = await engine.info();
  const before = canonicalDefaults(current?.Config ?? null);
  const after = canonicalDefaults(defaults);
  const used = canonical(original, apiVersion);
  const inherited = [...before].filter(([path, value]) => same(used.get(path) ?? [], value ?? []));
  const changed = inherited.filter(([path, value]) => !same(after.get(path), value));
  return changed.map(([path, value]) => `${path}: ${text(value)} -> ${text(after.get(path))}`);
}

async function filesOf({ engine }: Context, { original }: Job) {
  try {
    return { files: await copiedFiles(engine, original) };
  } catch (error) {
    const { code, message } = problemOf(error);
    return { files: [], objection: { by: 'core', code, reason: message, until: undefined } };
  }
}

async function leftBehind({ engine }: Context, { original }: Job): Promise<readonly string[]> {
  const info = await engine.info();
  const limits = unsupported(original, info);
  const beyond = unspoken(original, info.apiVersion);
  // A socket proxy that does not show the layer hides a warning and nothing else.
  const layer = await largeLayer(engine, original).catch(() => null);
  return [
    ...(original.HostConfig.AutoRemove ? ['its log, which the engine removes together with it (--rm)'] : []),
    ...(limits.length > 0 ? [`${limits.join(', ')}, which the engine cannot do`] : []),
    ...(beyond.length > 0 ? [`${beyond.join(', ')}, so it would be left as it is`] : []),
    ...(layer === null ? [] : [layer]),
  ];
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function text(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
