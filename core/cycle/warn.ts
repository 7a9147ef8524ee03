import type { Outcome, Workload } from '../events.ts';
import type { Warning } from '../verdicts.ts';
import type { Context } from './context.ts';

/** What the warnings are about; the cycle itself unless given. */
interface About {
  readonly workload: Workload | null;
  readonly outcome: Outcome;
}

/** States what plugins did wrong where that changes nothing. */
export async function warn(
  { bus, cycle }: Context,
  warnings: readonly Warning[],
  about: About = { workload: null, outcome: 'unchanged' },
): Promise<void> {
  const failed = { type: 'failed', phase: 'plugin', logTail: [], ...about } as const;
  for (const { problem } of warnings) await bus.emit({ ...failed, cycle, problem });
}
