import { existing } from '../cycle/candidate.ts';
import { nameOf } from '../cycle/groups/edges.ts';
import { helperSuffix, parked } from '../cycle/replacement/names.ts';
import type { ContainerDetails, Engine } from '../engine/port.ts';
import { ownContainerId } from './own-id.ts';

/** The container this Belfry runs in. */
export interface OwnContainer {
  readonly details: ContainerDetails;
  /** The workload's name, also where this container is parked or helps. */
  readonly name: string;
  /** Whether it was made to replace the container of that name. */
  readonly helps: boolean;
}

/** What tells a helper from a stranger by the same name: the id of the container it was made to replace. */
export const helperLabel = 'belfry.helper';
/** The id of the image it was made to bring; empty for one that only puts in order what another one left. */
export const helperImageLabel = 'belfry.helper-image';

/** Undefined on the host itself, and in a container that the engine does not know. */
export async function findOwnContainer(engine: Engine): Promise<OwnContainer | undefined> {
  const id = ownContainerId();
  const details = id === null ? null : await existing(engine.inspect(id));
  if (details === null) return undefined;
  const name = nameOf(details);
  const helps = name.endsWith(helperSuffix) && isHelper(details);
  return { details, helps, name: helps ? name.slice(0, -helperSuffix.length) : (parked(name)?.name ?? name) };
}

export function isHelper({ Config }: ContainerDetails): boolean {
  return Config.Labels?.[helperLabel] !== undefined;
}
