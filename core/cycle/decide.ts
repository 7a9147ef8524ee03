import type { Plan } from '../decisions.ts';
import type { ContainerDetails } from '../engine/port.ts';
import { problemOf } from '../errors/app-error.ts';
import type { Code } from '../errors/catalogue.ts';
import { ownConnection } from '../self/own-connection.ts';
import type { Stale } from './check.ts';
import type { Context } from './context.ts';
import type { EndingFact, Endings } from './endings.ts';
import { nameOf } from './groups/edges.ts';
import { openWorld, outline, type World } from './groups/groups.ts';
import { heldBack } from './groups/hold-back.ts';
import type { Listing } from './list.ts';
import { type Preview, previewOf } from './preview.ts';
import { suffixes } from './replacement/names.ts';
import { firstSeen } from './version.ts';

/** An update that nobody objects to. */
export interface Job extends Stale {
  readonly plan: Plan;
  readonly original: ContainerDetails;
}

/** Why something is not updated now. */
export interface Objection {
  readonly by: string;
  readonly code: Code;
  readonly reason: string;
  readonly until?: string;
}

export interface Decided {
  readonly jobs: readonly Job[];
  readonly previews: readonly Preview[];
  /** Undefined where nothing is to be updated. */
  readonly world: World | undefined;
}

/**
 * Takes out what must not or should not be updated now, and notes why. Nothing is changed yet, so checks and dry runs
 * come here too; in them everything ends as skipped.
 */
export async function decide(
  context: Context,
  listing: Listing,
  stale: readonly Stale[],
  endings: Endings,
): Promise<Decided> {
  const { dryRun } = context.request;
  const refused = new Map<Stale, Objection>();
  for (const one of stale) {
    const objection = unwanted(context, one);
    if (objection !== undefined) refused.set(one, objection);
  }
  const wanted = stale.filter((one) => !refused.has(one));
  const world = wanted.length === 0 ? undefined : await lookAtAll(context, listing, { wanted, endings });
  const asked: Job[] = [];
  for (const one of wanted) {
    if (world === undefined) break;
    const answer = await decideOne(context, { listing, world, one });
    if ('type' in answer) endings.add(answer);
    else asked.push(answer.job);
    if ('objection' in answer && answer.objection !== undefined) refused.set(answer.job, answer.objection);
  }
  const allowed = asked.filter((job) => !refused.has(job));
  if (world !== undefined) {
    const held = heldBack(context, { listing, world, jobs: allowed, refused });
    for (const [job, objection] of held) refused.set(job, objection);
  }
  for (const [one, objection] of refused) endings.add(skipped(context, one, objection));

  const jobs = allowed.filter((job) => !refused.has(job));
  if (world === undefined || !dryRun) return { jobs, previews: [], world };
  for (const job of jobs) {
    endings.add(skipped(context, job, core('DRY_RUN', 'this is a dry run; it would be updated')));
  }
  const previews: Preview[] = [];
  for (const job of asked) {
    try {
      const preview = await previewOf(context, job, refused.get(job));
      previews.push({ ...preview, ...besides(world, job) });
    } catch (error) {
      endings.add(undecided(context, job, error));
    }
  }
  return { jobs: [], previews, world };
}

/** Undefined where the engine does not answer, so that nothing can be decided. */
async function lookAtAll(
  context: Context,
  listing: Listing,
  { wanted, endings }: { readonly wanted: readonly Stale[]; readonly endings: Endings },
): Promise<World | undefined> {
  try {
    return await openWorld(context, listing);
  } catch (error) {
    for (const one of wanted) endings.add(undecided(context, one, error));
    return undefined;
  }
}

/** Whom the update of one container would touch besides. */
function besides(world: World, { workload: { id } }: Job): Pick<Preview, 'recreates' | 'restarts'> {
  const [group] = outline(world, new Set([id]), []);
  const names = (ids: readonly string[]) =>
    ids.flatMap((other) => world.containers.get(other) ?? []).map((container) => nameOf(container));
  const followers = group?.stacks.flat().filter((other) => other !== id) ?? [];
  return { recreates: names(followers), restarts: names(group?.restarts ?? []) };
}

interface Deciding {
  readonly listing: Listing;
  readonly world: World;
  readonly one: Stale;
}

type Answer = { readonly job: Job; readonly objection: Objection | undefined };

async function decideOne(context: Context, { listing, world, one }: Deciding): Promise<Answer | EndingFact> {
  try {
    const original = world.containers.get(one.workload.id);
    if (original === undefined) return skipped(context, one, core('ENGINE_NOT_FOUND', 'it was removed meanwhile'));
    const job = { ...one, original, plan: planOf(context, one) };
    const objection =
      impossible(context, { listing, world }, job) ?? (await context.verdicts.refusal('beforeUpdate', job.plan));
    return { job, objection };
  } catch (error) {
    return undecided(context, one, error);
  }
}

/** That nobody could say whether an update may happen, as a fact. */
export function undecided(
  { cycle }: Context,
  { workload, from, to }: Pick<Stale, 'workload' | 'from' | 'to'>,
  error: unknown,
): EndingFact {
  const failed = { type: 'failed', phase: 'decide', outcome: 'unchanged', logTail: [] } as const;
  return { ...failed, cycle, workload, from, to, problem: problemOf(error) };
}

export const core = (code: Code, reason: string): Objection => ({ by: 'core', code, reason });

export const cycleStopped = core('CYCLE_STOPPED', 'Belfry was asked to stop');

function unwanted({ request, journal }: Context, { settings, workload, to }: Stale): Objection | undefined {
  const word = journal.memory.approval(workload.name, to);
  if (word?.verdict === 'denied') return core('DENIED', `\`belfry deny\` said no to this image at ${word.time}`);
  const rejected = to.digest !== null && journal.memory.rejected(workload.name, to.reference) === to.digest;
  if (rejected && !request.force) {
    const byHand = journal.memory.leftByHand(workload.name, to.reference);
    const again = `\`belfry update --force ${workload.name}\` takes it again`;
    return core(
      'DIGEST_REJECTED',
      byHand ? `this image was rolled back by hand; ${again}` : 'this image failed before and was rolled back',
    );
  }
  return settings.monitorOnly ? core('MONITOR_ONLY', 'it is only monitored') : undefined;
}

/** Why a container cannot be made anew at all, whoever asks. */
export function impossible(
  { journal, settings }: Context,
  { listing, world }: { readonly listing: Listing; readonly world: World },
  { original, workload }: Pick<Job, 'original' | 'workload'>,
): Objection | undefined {
  const { host } = settings.engine;
  // With it stopped, nobody could start anything.
  if (ownConnection([...world.containers.values()], host)?.Id === original.Id) {
    return core('OWN_CONNECTION', `Belfry reaches the engine at ${host} through it`);
  }
  const taken = Object.values(suffixes).map((suffix) => workload.name + suffix);
  const squatter = listing.containers.find(({ name }) => taken.includes(name));
  if (squatter !== undefined) return core('NAME_TAKEN', `a container named ${squatter.name} exists`);
  if (original.HostConfig.AutoRemove && !journal.durable) {
    return core('AUTOREMOVE', 'the engine removes it as it stops, and there is no state folder to remember it by');
  }
  return undefined;
}

/** That an update will not happen now, as a fact. */
export function skipped(
  { cycle }: Context,
  { workload, to }: Pick<Stale, 'workload' | 'to'>,
  objection: Objection,
): EndingFact {
  return { type: 'skipped', cycle, workload, to, ...objection };
}

export function planOf(context: Context, stale: Stale): Plan {
  const { cycle, request } = context;
  const { workload, from, to, bump, container, settings } = stale;
  return {
    cycle,
    workload,
    from,
    to,
    bump,
    strategy: 'stop-first',
    firstSeen: firstSeen(context, to),
    labels: container.labels,
    dryRun: request.dryRun,
    approval: context.journal.memory.approval(workload.name, to) ?? null,
    stabilityWindow: settings.stabilityWindow,
    cooldownDelay: settings.cooldownDelay,
  };
}
