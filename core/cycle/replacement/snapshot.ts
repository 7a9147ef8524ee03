import type { EngineInfo } from '../../engine/port.ts';
import type { Snapshot } from '../../journal/port.ts';
import type { Member } from '../groups/member.ts';
import { buildSpec } from '../settings/spec.ts';

/** The original's settings as they are, for the day it must be made again. */
export function snapshotOf({ workload, original, current }: Member, engine: EngineInfo): Snapshot {
  const inherited = current?.Config ?? null;
  const spec = buildSpec({ original, inherited, reference: original.Config.Image, imageId: original.Image, engine });
  return { name: workload.name, imageId: original.Image, spec };
}
