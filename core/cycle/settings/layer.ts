import { mapLimited } from '../../concurrency.ts';
import type { ContainerDetails, Engine } from '../../engine/port.ts';

/** Bytes of a container's own layer from which on they are worth a word. */
const worthAWord = 10_000_000;

/** No more files than these are looked at to name the biggest. */
const mostLookedAt = 1000;

/** What a container has changed in its own layer, which no update carries; mounts have a life of their own. */
export async function outsideMounts(engine: Engine, { Id, Mounts, HostConfig }: ContainerDetails) {
  const mounted = [...(Mounts ?? []).map(({ Destination }) => Destination), ...Object.keys(HostConfig.Tmpfs ?? {})];
  const isMounted = (path: string) => mounted.some((mount) => path === mount || path.startsWith(`${mount}/`));
  const changes = await engine.changes(Id);
  return changes.filter(({ kind, path }) => kind !== 'deleted' && !isMounted(path)).map(({ path }) => path);
}

/** A sentence about a large layer with its biggest files; null where it is small. */
export async function largeLayer(engine: Engine, details: ContainerDetails): Promise<string | null> {
  const bytes = await engine.layerSize(details.Id);
  if (bytes < worthAWord) return null;
  const paths = (await outsideMounts(engine, details)).slice(0, mostLookedAt);
  const files = await mapLimited(paths, 16, async (path) => {
    const facts = await engine.fileFacts(details.Id, path);
    return facts?.isRegular ? [{ path, size: facts.size }] : [];
  });
  const biggest = files
    .flat()
    .sort((a, b) => b.size - a.size)
    .slice(0, 3);
  const named = biggest.map(({ path, size }) => `${path} ${megabytes(size)}`);
  return `${megabytes(bytes)} in its own layer, outside every volume${named.length > 0 ? ` (${named.join(', ')})` : ''}`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
