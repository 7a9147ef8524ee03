import type { ContainerDetails, EngineInfo, ImageDefaults } from '../../engine/port.ts';
import { canonical, canonicalDefaults, losses } from './canonical.ts';
import { unsupported } from './unsupported.ts';

interface Pair {
  readonly original: ContainerDetails;
  readonly created: ContainerDetails;
  /** The Config of the image the original runs; null where it is gone. */
  readonly inherited: ImageDefaults | null;
  readonly engine: Pick<EngineInfo, 'apiVersion' | 'cannot'>;
}

/** The settings proof: the paths of what the new container should have and lacks. */
export function lostSettings({ original, created, inherited, engine }: Pair): readonly string[] {
  const { apiVersion } = engine;
  const leftOut = new Set(unsupported(original, engine).map((name) => `HostConfig.${name}`));
  const lost = losses(canonical(original, apiVersion), canonical(created, apiVersion), canonicalDefaults(inherited));
  return lost.map(({ path }) => path).filter((path) => !leftOut.has(path));
}
