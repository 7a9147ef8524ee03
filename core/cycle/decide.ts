import type { Plan } from '../decisions.ts';
import type { ContainerDetails } from '../engine/port.ts';
import { problemOf } from '../errors/app-error.ts';
import type { Code } from '../errors/catalogue.ts';
import { ownConnection } from '../self/own-connection.ts';
import type { Stale } from './check.ts';
import type { Context } from './context.ts';
import { dependants, inspectAll } from './edges.ts';
import type { Listing } from './list.ts';
import { suffixes } from './names.ts';
import { type Preview, previewOf } from './preview.ts';

/** An update that nobody objects to. */
export interface Job extends Stale {
  readonly plan: Plan;
  readonly original: ContainerDetails;
}

export interface Objection {
  readonly by: string;
  readonly code: Code;
  readonly reason: string;
  readonly until?: string;
}

/**
 * Takes out what must not or should not be updated now: each with a `skipped` event that says why. Nothing is
 * changed yet, so checks and dry runs come here too; in them everything ends as skipped.
 */
export async function decide(
  context: Context,
  listing: Listing,
  stale: readonly Stale[],
): Promise<{ readonly jobs: readonly Job[]; readonly previews: readonly Preview[] }> {
  const wanted: Stale[] = [];
  for (const one of stale) {
    const objection = unwanted(context, one);
    if (objection === undefined) wanted.push(one);
    else await skip(context, one, objection);
  }
  const jobs: Job[] = [];
  const previews: Preview[] = [];
  let inspecting: Promise<Inspected> | undefined;
  for (const one of wanted) {
    try {
      inspecting ??= inspect(context, listing);
      const { job, preview } = await decideOne(context, listing, { ...one, ...(await inspecting) });
      if (job !== undefined) jobs.push(job);
      if (preview !== undefined) previews.push(preview);
    } catch (error) {
      await fail(context, one, error);
    }
  }
  return { jobs, previews };
}

interface Decided {
  readonly job?: Job;
  readonly preview?: Preview;
}

/** Every container in full, and who hangs on whom. */
interface Inspected {
  readonly inspected: readonly ContainerDetails[];
  readonly edges: ReturnType<typeof dependants>;
}

async function inspect(context: Context, { containers }: Listing): Promise<Inspected> {
  const inspected = await inspectAll(context, containers);
  return { inspected, edges: dependants(inspected) };
}

async function decideOne(context: Context, listing: Listing, asked: Stale & Inspected): Promise<Decided> {
  const { inspected, edges, ...one } = asked;
  const original = inspected.find(({ Id }) => Id === one.workload.id);
  if (original === undefined) {
    await skip(context, one, core('ENGINE_NOT_FOUND', 'it was removed meanwhile'));
    return {};
  }
  const job = { ...one, original, plan: planOf(context, one) };
  const objection =
    impossible(context, listing, job, edges) ?? cutsOff(context, job, inspected) ?? (await refused(context, job));
  if (!context.request.dryRun && objection === undefined) return { job };
  const decided = context.request.dryRun ? { preview: previewOf(job, objection?.reason ?? null) } : {};
  await skip(context, job, objection ?? core('DRY_RUN', 'this is a dry run; it would be updated'));
  return decided;
}

const core = (code: Code, reason: string): Objection => ({ by: 'core', code, reason });

function unwanted({ request, journal }: Context, { settings, workload, to }: Stale): Objection | undefined {
  if (settings.monitorOnly) return core('MONITOR_ONLY', 'it is only monitored');
  const rejected = to.digest !== null && journal.memory.rejected(workload.name, to.reference) === to.digest;
  if (rejected && !request.force) return core('DIGEST_REJECTED', 'this image failed before and was rolled back');
  return undefined;
}

/** Why a workload cannot be replaced at all, whoever asks. */
export function impossible(
  { journal }: Context,
  { containers }: Listing,
  { original, workload }: Job,
  edges: ReadonlyMap<string, readonly string[]>,
): Objection | undefined {
  const hanging = edges.get(original.Id) ?? [];
  if (hanging.length > 0) return core('HAS_DEPENDANTS', `${hanging.join(', ')} would be cut off`);
  const taken = Object.values(suffixes).map((suffix) => workload.name + suffix);
  const squatter = containers.find(({ name }) => taken.includes(name));
  if (squatter !== undefined) return core('NAME_TAKEN', `a container named ${squatter.name} exists`);
  if (original.HostConfig.VolumesFrom?.length) return core('SETTING_NOT_CARRIED', 'it uses volumes_from');
  if (original.HostConfig.AutoRemove && !journal.durable) {
    return core('AUTOREMOVE', 'the engine removes it as it stops, and there is no state folder to remember it by');
  }
  return undefined;
}

/** The container through which the engine is reached: with it stopped, nobody could start anything. */
export function cutsOff(
  { settings }: Context,
  { original }: Job,
  inspected: readonly ContainerDetails[],
): Objection | undefined {
  const connection = ownConnection(inspected, settings.engine.host);
  if (connection?.Id !== original.Id) return undefined;
  return core('OWN_CONNECTION', `Belfry reaches the engine at ${settings.engine.host} through it`);
}

async function refused({ verdicts }: Context, { plan }: Job): Promise<Objection | undefined> {
  return verdicts.refusal('beforeUpdate', plan);
}

/** States that an update will not happen now. */
export async function skip(context: Context, { workload, to }: Stale, objection: Objection): Promise<void> {
  await context.bus.emit({ type: 'skipped', cycle: context.cycle, workload, to, ending: true, ...objection });
}

async function fail({ bus, cycle }: Context, { workload, from, to }: Stale, error: unknown): Promise<void> {
  const failed = { type: 'failed', phase: 'decide', outcome: 'unchanged', logTail: [], ending: true } as const;
  await bus.emit({ ...failed, cycle, workload, from, to, problem: problemOf(error) });
}

export function planOf({ cycle, journal, request, now }: Context, stale: Stale): Plan {
  const { workload, from, to, bump, container, settings } = stale;
  const seen = to.digest === null ? undefined : journal.memory.firstSeen(to.reference, to.digest);
  return {
    cycle,
    workload,
    from,
    to,
    bump,
    strategy: 'stop-first',
    firstSeen: seen ?? now().toISOString(),
    labels: container.labels,
    dryRun: request.dryRun,
    stabilityWindow: settings.stabilityWindow,
  };
}
