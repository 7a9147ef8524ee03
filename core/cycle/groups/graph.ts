/** Who comes before whom: from each node to those it needs. Nodes without needs may be left out. */
export type Needs = ReadonlyMap<string, readonly string[]>;

/** Everything that can be reached from the starts, which count only where something leads back to them. */
export function reach(starts: Iterable<string>, next: Needs): ReadonlySet<string> {
  const reached = new Set<string>();
  const waiting = [...starts];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    for (const neighbour of next.get(node) ?? []) {
      if (reached.has(neighbour)) continue;
      reached.add(neighbour);
      waiting.push(neighbour);
    }
  }
  return reached;
}

/** The nodes that need themselves in the end; what merely leads to a circle or away from it is not among them. */
export function inCircles(nodes: Iterable<string>, needs: Needs): ReadonlySet<string> {
  return new Set([...nodes].filter((node) => reach([node], needs).has(node)));
}

/** Splits the nodes into sets that no pair connects, in the order of their first nodes. */
export function components(
  nodes: Iterable<string>,
  pairs: Iterable<readonly [string, string]>,
): readonly (readonly string[])[] {
  const groups = new Map([...nodes].map((node) => [node, new Set([node])]));
  for (const [one, other] of pairs) {
    const [into, from] = [groups.get(one), groups.get(other)];
    if (into === undefined || from === undefined || into === from) continue;
    for (const node of from) groups.set(node, into.add(node));
  }
  return [...new Set(groups.values())].map((group) => [...group]);
}

/**
 * The nodes, each after all it needs; of those that could be next, the one with the lowest rank, then the first one given.
 * Where needs go in a circle, these decide.
 */
export function inOrder(
  nodes: Iterable<string>,
  needs: Needs,
  rank: (node: string) => number = () => 0,
): readonly string[] {
  const left = new Set([...nodes].sort((a, b) => rank(a) - rank(b)));
  const sorted: string[] = [];
  while (left.size > 0) {
    const free = [...left].find((node) => !(needs.get(node) ?? []).some((need) => need !== node && left.has(need)));
    const next = free ?? inLastCircle(left, needs);
    if (next === undefined) break;
    left.delete(next);
    sorted.push(next);
  }
  return sorted;
}

/** The first node of a circle that needs nothing beyond itself, so that what leads to it can wait for it. */
function inLastCircle(left: ReadonlySet<string>, needs: Needs): string | undefined {
  const within = new Map([...left].map((node) => [node, (needs.get(node) ?? []).filter((need) => left.has(need))]));
  return [...left].find((node) => [...reach([node], within)].every((other) => reach([other], within).has(node)));
}
