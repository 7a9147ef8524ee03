import type { Context } from '../context.ts';
import { type Job, undecided } from '../decide.ts';
import type { Endings } from '../endings.ts';
import { type Listing, listedOf } from '../list.ts';
import { planFor } from '../replacement/verify.ts';
import { dependantsOf, isHard } from './edges.ts';
import { reach } from './graph.ts';
import { type Outline, openWorld, outline, type World } from './groups.ts';
import { mayNotFollow, siblings } from './hold-back.ts';
import { followerOf, type Group, type Member, type Restart, type Update } from './member.ts';

interface Gathering {
  readonly listing: Listing;
  readonly world: World;
  /** The containers that get another image. */
  readonly updates: readonly Update[];
  readonly endings: Endings;
}

/** Puts the updates into groups with what must be made anew or restarted together with them, in their order. */
export async function gather(context: Context, gathering: Gathering): Promise<readonly Group[]> {
  const { world, updates, endings } = gathering;
  const ids = new Set(updates.map(({ workload }) => workload.id));
  const alike = siblings(updates).map(([one, other]) => [one.workload.id, other.workload.id] as const);
  const groups: Group[] = [];
  for (const one of outline(world, ids, alike)) {
    try {
      groups.push(await groupOf(context, gathering, one));
    } catch (error) {
      const inVain = updates.filter(({ workload }) => one.stacks.flat().includes(workload.id));
      for (const update of inVain) endings.add(undecided(context, update, error));
    }
  }
  return groups;
}

/** The ids of all containers that updates may make anew or restart. */
export function touchedBy({ edges }: World, jobs: readonly Pick<Job, 'workload'>[]): ReadonlySet<string> {
  const next = dependantsOf(edges, ({ kind }) => kind !== 'order');
  const ids = jobs.map(({ workload }) => workload.id);
  return new Set([...ids, ...reach(ids, next)]);
}

/** What depends on these containers, by name, and is to be restarted after them. */
export async function restartsAfter(context: Context, names: ReadonlySet<string>): Promise<readonly Restart[]> {
  if (names.size === 0) return [];
  const containers = await context.engine.list();
  const listing = { listed: [], containers, images: new Map() };
  const world = await openWorld(context, listing);
  const ids = containers.filter(({ name }) => names.has(name)).map(({ id }) => id);
  const restarts = outline(world, new Set(ids), []).flatMap((one) => one.restarts);
  return restarts.flatMap((id) => restartOf(context, { listing, world }, id));
}

async function groupOf(context: Context, gathering: Gathering, { stacks, restarts }: Outline): Promise<Group> {
  const made: Member[][] = [];
  for (const stack of stacks) {
    const members: Member[] = [];
    const { edges } = gathering.world;
    for (const id of stack) {
      const bonds = edges.filter((edge) => edge.dependant === id && isHard(edge) && stack.includes(edge.provider));
      for (const update of await updateOf(context, gathering, id)) members.push({ ...update, bonds });
    }
    made.push(members);
  }
  return {
    stacks: made,
    restarts: restarts.flatMap((id) => restartOf(context, gathering, id)),
    known: new Set(gathering.world.containers.keys()),
  };
}

async function updateOf(
  context: Context,
  { listing, world, updates }: Gathering,
  id: string,
): Promise<readonly Update[]> {
  const update = updates.find(({ workload }) => workload.id === id);
  if (update !== undefined) return [update];
  const original = world.containers.get(id);
  const summary = listing.containers.find((container) => container.id === id);
  if (original === undefined || summary === undefined) return [];
  const listed = listedOf(context, listing, summary);
  const workload = { ...listed.workload, image: original.Config.Image };
  return [await followerOf(context, { ...listed, workload }, original)];
}

/** What does not run is not started by a restart of what it depends on. */
function restartOf(
  context: Context,
  { listing, world }: Pick<Gathering, 'listing' | 'world'>,
  id: string,
): readonly Restart[] {
  const original = world.containers.get(id);
  const summary = listing.containers.find((container) => container.id === id);
  if (original === undefined || summary === undefined) return [];
  const listed = listedOf(context, listing, summary);
  const { workload, settings } = listed;
  if (summary.state !== 'running' || mayNotFollow(context, { listing, world }, { ...listed, original }) !== undefined)
    return [];
  return [{ workload, settings, original, plan: planFor(context, original) }];
}
