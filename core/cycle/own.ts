import { problemOf } from '../errors/app-error.ts';
import type { Context } from './context.ts';
import { core, cycleStopped, type Objection, skipped } from './decide.ts';
import type { EndingFact } from './endings.ts';
import type { Pulled } from './pull.ts';

/** The container Belfry itself runs in, which it never stops: a helper container replaces it. */
export interface Own {
  readonly id: string;
  /** Why it cannot be replaced; undefined where it can. */
  readonly obstacle: string | undefined;
  /** Has a helper begin; resolves with what speaks against it. `again`: also where one has failed before. */
  handOver(imageId: string, again: boolean): Promise<Objection | undefined>;
}

/** Comes last, since a helper waits until this Belfry has let go of the lock. Its own cycle states how it ended. */
export async function handOver(context: Context, own: Own, job: Pulled): Promise<EndingFact> {
  const { cycle, request, signal } = context;
  const { workload, from, to, pinned } = job;
  if (signal.aborted) return skipped(context, job, cycleStopped);
  try {
    const objection = await own.handOver(pinned.Id, request.force);
    return skipped(context, job, objection ?? core('SELF_UPDATE', 'a helper container replaces it'));
  } catch (error) {
    const failed = { type: 'failed', phase: 'create', outcome: 'unchanged', logTail: [] } as const;
    return { ...failed, cycle, workload, from, to, problem: problemOf(error) };
  }
}
