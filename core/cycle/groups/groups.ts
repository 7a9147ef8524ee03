import type { ContainerDetails } from '../../engine/port.ts';
import type { Context } from '../context.ts';
import type { Listing } from '../list.ts';
import { dependantsOf, type Edge, edgesOf, inspectAll, isHard, providersOf, volumesFrom } from './edges.ts';
import { withoutLent } from './follow.ts';
import { components, inOrder, type Needs, reach } from './graph.ts';

/** Every container, by id, without the mounts that others lend it, and how they depend on each other. */
export interface World {
  readonly containers: ReadonlyMap<string, ContainerDetails>;
  readonly edges: readonly Edge[];
}

export async function openWorld(context: Context, { containers }: Pick<Listing, 'containers'>): Promise<World> {
  const inspected = await inspectAll(context, containers);
  const edges = edgesOf(inspected);
  const byId = new Map(inspected.map((details) => [details.Id, details]));
  const lenders = providersOf(edges, ({ way }) => way === volumesFrom);
  const own = inspected.map((details) => {
    const found = (lenders.get(details.Id) ?? []).flatMap((id) => byId.get(id) ?? []);
    return [details.Id, withoutLent(details, found)] as const;
  });
  return { containers: new Map(own), edges };
}

/** Containers that are replaced as one, by id. */
export interface Outline {
  /** Each holds what hard edges join, providers first; between stacks those come first that others need. */
  readonly stacks: readonly (readonly string[])[];
  /** What is to be restarted afterwards, providers first; another group may ask for the same. */
  readonly restarts: readonly string[];
}

/** Containers that must be made anew with these, because their hard edges would lead nowhere. */
export function followersOf({ edges }: World, ids: ReadonlySet<string>): ReadonlySet<string> {
  const reached = reach(ids, dependantsOf(edges, isHard));
  return new Set([...reached].filter((id) => !ids.has(id)));
}

/**
 * Groups the containers to be replaced with their followers, in the order in which they are replaced: providers
 * first, and among equals last those whose namespaces others share, since the network may run through them.
 * `alike` pairs those that must not diverge.
 */
export function outline(
  world: World,
  ids: ReadonlySet<string>,
  alike: readonly (readonly [string, string])[],
): readonly Outline[] {
  const members = new Set(byName(world, [...ids, ...followersOf(world, ids)]));
  const inner = world.edges.filter(({ dependant, provider }) => members.has(dependant) && members.has(provider));
  const pairsOf = (edges: readonly Edge[]) => edges.map(({ dependant, provider }) => [dependant, provider] as const);
  const needs = providersOf(inner);
  const stacks = components(members, pairsOf(inner.filter(isHard))).map((stack) => inOrder(stack, needs));
  const grouped = components(members, [...pairsOf(inner.filter(isHard)), ...alike]);
  const groups = grouped.map((group) => stacks.filter(([first]) => first !== undefined && group.includes(first)));
  const lent = new Set(world.edges.flatMap(({ kind, provider }) => (kind === 'namespace' ? [provider] : [])));
  const rank = (ids: readonly string[]) => Number(ids.some((id) => lent.has(id)));
  const ordered = arrange(groups, needs, (group) => group.flat(), rank);
  return withRestarts(
    world,
    ordered.map((group) => arrange(group, needs, (stack) => stack, rank)),
  );
}

/** Sorts sets of nodes so that each comes after those that hold what its nodes need. */
function arrange<Item>(
  items: readonly Item[],
  needs: Needs,
  nodesOf: (item: Item) => readonly string[],
  rank: (nodes: readonly string[]) => number,
): readonly Item[] {
  const holders = new Map(items.flatMap((item, at) => nodesOf(item).map((node) => [node, String(at)])));
  const itemNeeds = new Map(
    items.map((item, at) => [
      String(at),
      nodesOf(item)
        .flatMap((node) => needs.get(node) ?? [])
        .flatMap((need) => holders.get(need) ?? []),
    ]),
  );
  const named = (at: string) => items.slice(Number(at), Number(at) + 1);
  const order = inOrder(itemNeeds.keys(), itemNeeds, (at) => rank(named(at).flatMap(nodesOf)));
  return order.flatMap(named);
}

function withRestarts(world: World, groups: readonly Outline['stacks'][]): readonly Outline[] {
  const members = new Set(groups.flat(2));
  // What is only restarted keeps its id, so that a namespace it lends is lost to those who joined it, and no more.
  const spreads = ({ kind, provider, dependant }: Edge) =>
    !members.has(dependant) && (kind === 'restart' || (kind === 'namespace' && !members.has(provider)));
  const next = dependantsOf(world.edges, spreads);
  const needs = providersOf(world.edges);
  return groups.map((stacks) => ({ stacks, restarts: inOrder(byName(world, [...reach(stacks.flat(), next)]), needs) }));
}

function byName({ containers }: World, ids: readonly string[]): readonly string[] {
  const name = (id: string) => containers.get(id)?.Name ?? '';
  return ids.toSorted((a, b) => Number(name(a) > name(b)) - Number(name(a) < name(b)));
}
