import type { ContainerSettings } from '../../config/settings.ts';
import type { Plan } from '../../decisions.ts';
import type { ContainerDetails, ContainerSummary, CreateSpec, ImageDetails } from '../../engine/port.ts';
import type { ImageVersion, Workload } from '../../events.ts';
import { existing } from '../candidate.ts';
import type { Context } from '../context.ts';
import type { Listed } from '../list.ts';
import { keptTag, type MovedTag } from '../replacement/moved-tag.ts';
import { planFor } from '../replacement/verify.ts';
import { localVersion, unknownVersion } from '../version.ts';
import type { Edge } from './edges.ts';

/** A container that is made anew: with the image of its update, or, as a follower of another one, with its own. */
export interface Member {
  readonly workload: Workload;
  readonly settings: ContainerSettings;
  readonly container: ContainerSummary;
  readonly original: ContainerDetails;
  /** The tag that is to name the new container's image; null where it was made from an image id or a digest. */
  readonly tag: MovedTag | null;
  /** The image in use; null where it is gone from the engine. */
  readonly current: ImageDetails | null;
  /** The image it will run. */
  readonly pinned: Pick<ImageDetails, 'Id'>;
  readonly from: ImageVersion;
  readonly to: ImageVersion;
  readonly plan: Plan;
  /** The hard edges from it to other members. */
  readonly bonds: readonly Edge[];
  /** Whether it keeps its image, and is made anew only because it hangs on another member. */
  readonly follows: boolean;
  /** Whether this cycle brought the image, and so may take it away again. */
  readonly fetched: boolean;
  /** Set for a rollback that someone asked for. */
  readonly undoes?: true;
  /** The recorded settings it brings back; without them, and in updates, they are merged. */
  readonly spec?: CreateSpec;
}

/** A member before it is known who else is one. */
export type Update = Omit<Member, 'bonds'>;

/** Containers that are replaced as one: no original goes until every member is proven. */
export interface Group {
  /** Each holds what hard edges join, providers first. */
  readonly stacks: readonly (readonly Member[])[];
  /** What depends on members and is only restarted, providers first. */
  readonly restarts: readonly Restart[];
  /** The ids of all containers there were when the group was put together. */
  readonly known: ReadonlySet<string>;
}

export type Restart = Pick<Member, 'workload' | 'settings' | 'original' | 'plan'>;

export const membersOf = ({ stacks }: Group): readonly Member[] => stacks.flat();

/** The member that a container becomes when it must follow another one. */
export async function followerOf(context: Context, listed: Listed, original: ContainerDetails): Promise<Update> {
  const { workload, settings, container } = listed;
  const current = await existing(context.engine.inspectImage(original.Image));
  const image = original.Config.Image;
  const version = current === null ? unknownVersion(image, original.Image) : localVersion(image, current, null);
  return {
    ...{ workload, settings, container, original, current },
    tag: keptTag(image, original.Image),
    pinned: { Id: original.Image },
    from: version,
    to: version,
    plan: { ...planFor(context, original), bump: 'digest', from: version, to: version },
    follows: true,
    fetched: false,
  };
}
