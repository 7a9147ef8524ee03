import type { Bus } from '../bus.ts';
import type { Problem } from '../errors/app-error.ts';
import type { Log } from '../log.ts';

/** States that plugins failed: once a cycle for each problem, however often it happens. */
export interface FailureNews {
  /** `cycle` is the latest unless given. */
  readonly tell: (problem: Problem, cycle?: string) => Promise<void>;
  close(): void;
}

export function createFailureNews(bus: Bus, log: Log): FailureNews {
  let latest: string | undefined;
  const told = new Set<string>();
  const close = bus.on((event) => {
    if (event.cycle !== latest) told.clear();
    latest = event.cycle;
  });
  return {
    close,
    async tell(problem, cycle = latest) {
      if (told.has(problem.message)) return;
      told.add(problem.message);
      // Before the first cycle there is none that it could belong to.
      if (cycle === undefined) return log.error(problem.message);
      const common = { cycle, workload: null, phase: 'plugin', outcome: 'unchanged', logTail: [] } as const;
      await bus.emit({ type: 'failed', ...common, problem });
    },
  };
}
