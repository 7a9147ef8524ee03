import type { Fact } from '../events.ts';
import type { Context } from './context.ts';

/** A fact that ends a workload's part in the cycle, unless the update of another one draws it in. */
export type EndingFact = Extract<Fact, { type: 'checked' | 'skipped' | 'failed' }> & {
  readonly workload: { readonly id: string };
  readonly ending?: true;
};

/**
 * What is known of workloads before it is known who hangs on whom: a container that is up to date may still be made
 * anew or restarted with its provider, and nothing may end twice.
 */
export interface Endings {
  add(fact: EndingFact): void;
  /** Whether something is noted of this workload that has not been stated. */
  has(workloadId: string): boolean;
  /** States what is noted of every workload but these, as the end of its part. */
  state(except?: ReadonlySet<string>): Promise<void>;
  /** States what is noted of a workload as a fact that ends nothing: something else will. */
  drawIn(workloadId: string): Promise<void>;
}

export function createEndings({ bus }: Pick<Context, 'bus'>): Endings {
  const noted = new Map<string, EndingFact>();
  return {
    add: (fact) => void noted.set(fact.workload.id, fact),
    has: (workloadId) => noted.has(workloadId),
    async state(except = new Set()) {
      for (const [id, fact] of [...noted]) {
        if (except.has(id)) continue;
        noted.delete(id);
        await bus.emit({ ...fact, ending: true } as Fact);
      }
    },
    async drawIn(workloadId) {
      const fact = noted.get(workloadId);
      if (fact === undefined) return;
      noted.delete(workloadId);
      await bus.emit(fact as Fact);
    },
  };
}
