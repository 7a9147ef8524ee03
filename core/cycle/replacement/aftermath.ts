import { problemOf } from '../../errors/app-error.ts';
import type { Context } from '../context.ts';
import type { Endings } from '../endings.ts';
import type { Group, Restart } from '../groups/member.ts';
import { absent } from './put-back.ts';
import { restartAll } from './restart.ts';

/** What the replacements of a cycle leave to be done. */
export interface Aftermath {
  /** A group has moved: restarts what depends on it, unless that depends on one that still comes as well. */
  moved(group: Group): Promise<void>;
  /** An image that this cycle brought has failed. */
  drop(imageId: string): void;
  /** Does what is left. Where a container uses a dropped image after all, that stays. */
  finish(): Promise<void>;
}

export function createAftermath(context: Context, groups: readonly Group[], endings: Endings): Aftermath {
  const due = new Map<string, Restart>();
  const dropped = new Set<string>();
  const restart = async (restarts: readonly Restart[]) => {
    for (const { original } of restarts) due.delete(original.Id);
    await restartAll(context, restarts, endings);
  };
  return {
    async moved(group) {
      for (const one of group.restarts) due.set(one.original.Id, one);
      const later = groups.slice(groups.indexOf(group) + 1).flatMap(({ restarts }) => restarts);
      const waits = new Set(later.map(({ original }) => original.Id));
      await restart([...due.values()].filter(({ original }) => !waits.has(original.Id)));
    },
    drop: (imageId) => void dropped.add(imageId),
    async finish() {
      await restart([...due.values()]);
      for (const id of dropped) {
        await absent(context.engine.removeImage(id)).catch((left: unknown) =>
          context.log.warn(problemOf(left).message),
        );
      }
    },
  };
}
