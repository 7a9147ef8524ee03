import { selects } from '../../config/select.ts';
import type { Stale } from '../check.ts';
import type { Context } from '../context.ts';
import { core, impossible, type Job, type Objection } from '../decide.ts';
import { exemption } from '../exempt.ts';
import { isStopped, type Listed, type Listing, listedOf } from '../list.ts';
import { isHard, providersOf } from './edges.ts';
import { inCircles } from './graph.ts';
import { followersOf, type World } from './groups.ts';

interface Question {
  readonly listing: Listing;
  readonly world: World;
  readonly jobs: readonly Job[];
  /** What is not updated already, and why. */
  readonly refused: ReadonlyMap<Stale, Objection>;
}

/**
 * The updates that would be fine by themselves and must wait because of others: a follower that may not be touched,
 * a circle of dependencies, a sibling of the same image that stays behind.
 */
export function heldBack(context: Context, question: Question): ReadonlyMap<Job, Objection> {
  const { world, jobs, refused } = question;
  const circles = inCircles(
    jobs.map(({ workload }) => workload.id),
    providersOf(world.edges),
  );
  const held = new Map<Job, Objection>();
  for (let before = -1; before < held.size; ) {
    before = held.size;
    const staying = new Map<Stale, Objection>([...refused, ...held]);
    for (const job of jobs.filter((one) => !staying.has(one))) {
      const objection = circles.has(job.workload.id)
        ? core('DEPENDENCY_CYCLE', 'it depends on itself by way of others')
        : (followerObjection(context, question, job) ?? siblingObjection(job, staying));
      if (objection !== undefined) held.set(job, objection);
    }
  }
  return held;
}

/** Pairs of updates that must not diverge: to the same image in the same Compose project. */
type Sibling = Pick<Stale, 'workload' | 'container' | 'to'> | Pick<Job, 'workload' | 'container' | 'to' | 'original'>;

export function siblings<One extends Sibling>(all: readonly One[]): readonly (readonly [One, One])[] {
  const first = new Map<string, One>();
  return all.filter(isSibling).flatMap((one) => {
    const key = siblingKey(one);
    const other = first.get(key);
    if (other === undefined) first.set(key, one);
    return other === undefined ? [] : [[other, one] as const];
  });
}

const siblingKey = ({ workload, to }: Pick<Stale, 'workload' | 'to'>) =>
  JSON.stringify([workload.project, to.reference]);

/** What `compose run` makes stands for itself, and so does what cannot be parked. */
const isSibling = (one: Sibling) =>
  one.workload.project !== null &&
  one.container.labels['com.docker.compose.oneoff']?.toLowerCase() !== 'true' &&
  !('original' in one && (one as Pick<Job, 'original'>).original.HostConfig.AutoRemove);

function siblingObjection(job: Job, staying: ReadonlyMap<Stale, Objection>): Objection | undefined {
  if (!isSibling(job)) return undefined;
  for (const [other, objection] of staying) {
    // Who is only monitored has been taken out of the family on purpose.
    if (objection.code === 'MONITOR_ONLY' || !isSibling(other) || siblingKey(other) !== siblingKey(job)) continue;
    const { by, code, until } = objection;
    const reason = `${other.workload.name}, which runs the same image in the same project, stays: ${objection.reason}`;
    return { by, code, reason, ...(until === undefined ? {} : { until }) };
  }
  return undefined;
}

function followerObjection(context: Context, question: Question, job: Job): Objection | undefined {
  const { world, listing } = question;
  for (const id of followersOf(world, new Set([job.workload.id]))) {
    const summary = listing.containers.find((container) => container.id === id);
    const original = world.containers.get(id);
    if (summary === undefined || original === undefined) continue;
    const listed = listedOf(context, listing, summary);
    const why = original.HostConfig.AutoRemove
      ? 'the engine would remove it as it stops (--rm)'
      : (mayNotFollow(context, question, { ...listed, original }) ?? wouldNotStart(job, listed, world));
    const way = world.edges.find((edge) => edge.dependant === id && isHard(edge))?.way ?? '';
    if (why !== undefined) return core('HAS_DEPENDANTS', `${listed.workload.name} hangs on it ${way}, and ${why}`);
  }
  const alone = job.original.HostConfig.AutoRemove && followersOf(world, new Set([job.workload.id])).size > 0;
  return alone ? core('AUTOREMOVE', 'it cannot be put back as it was (--rm), and others hang on it') : undefined;
}

/**
 * Why a container may not be touched for the sake of another one. Whether the names and labels that choose what is
 * updated leave it out does not matter; a clear no does.
 */
export function mayNotFollow(
  context: Context,
  scene: Pick<Question, 'listing' | 'world'>,
  follower: Listed & Pick<Job, 'original'>,
): string | undefined {
  if (follower.container.id === context.own?.id) return 'Belfry itself runs in it';
  const chosen = selects(follower.container, { ...context.settings, names: [], labelEnable: false });
  if (!chosen.selected) return chosen.why;
  if (follower.settings.monitorOnly) return 'it is only monitored';
  return (exemption(follower, context.own) ?? impossible(context, scene, follower))?.reason;
}

/** A stopped provider has no namespace to lend. */
function wouldNotStart(job: Job, { container }: Listed, { edges }: World): string | undefined {
  const borrows = edges.some(
    ({ kind, provider, dependant }) =>
      kind === 'namespace' && provider === job.workload.id && dependant === container.id,
  );
  return borrows && isStopped(job.container.state) && !isStopped(container.state)
    ? 'runs while this one does not'
    : undefined;
}
