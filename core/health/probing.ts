import { matchesName } from '../config/pattern.ts';
import type { HealthVerdict, Plan } from '../decisions.ts';
import { AppError } from '../errors/app-error.ts';
import type { Workload } from '../events.ts';
import type { Plugin, PluginContext } from '../plugin.ts';
import { type ReadLabel, readLabelsOf, termsFrom } from './labels.ts';
import { type Attempt, type ProbeTerms, untilHealthy } from './until-healthy.ts';

/** What sets one probe apart. `Own` is what is checked, without the terms that all have in common. */
export interface Probe<Own extends object> {
  /** The check that a container's labels ask for; undefined where they ask for none. */
  readonly fromLabels: (read: ReadLabel) => Own | undefined;
  /** Why a check cannot pass, whatever runs; asked before anything is touched. */
  readonly obstacle?: (asking: Asking<Own>) => Promise<string | undefined>;
  /** Begins a check: what results is called again and again. */
  readonly begin: (asking: Asking<Own>) => Attempt;
}

export interface Asking<Own> {
  readonly check: Own & ProbeTerms;
  readonly workload: Workload;
  readonly plan: Plan;
  readonly context: PluginContext<unknown>;
}

/** One entry of a probe's `checks`: it is for the containers that a pattern of its names matches. */
type Entry<Own> = Own & ProbeTerms & { readonly containers: readonly string[] };
interface Config<Own> {
  readonly checks: readonly Entry<Own>[];
}

/**
 * The parts of a plugin that checks health by asking again and again, from what sets it apart. All checks that the
 * configuration and the labels hold for a container must pass; where there are none, it has no opinion.
 */
export function probing<Own extends object>(probe: Probe<Own>): Pick<Plugin<Config<Own>>, 'patience' | 'setup'> {
  const checksFor = (config: Config<Own>, plan: Plan): readonly (Own & ProbeTerms)[] => {
    const { name } = plan.workload;
    const configured = config.checks.filter(({ containers }) => containers.some((one) => matchesName(one, name)));
    const read = readLabelsOf(plan);
    const labelled = probe.fromLabels(read);
    return labelled === undefined ? configured : [...configured, { ...termsFrom(read), ...labelled }];
  };
  return {
    patience: (config, plan) => Math.max(...checksFor(config, plan).map(({ timeout }) => timeout)) + lastAttempt,
    setup(context) {
      const asking = (plan: Plan, check: Own & ProbeTerms) => ({ check, plan, workload: plan.workload, context });
      return {
        async beforeUpdate(plan) {
          const checks = understood(() => checksFor(context.config, plan));
          if (typeof checks === 'string') return { verdict: 'veto', reason: checks };
          for (const check of checks) {
            const reason = await probe.obstacle?.(asking(plan, check));
            if (reason !== undefined) return { verdict: 'veto', reason };
          }
          return undefined;
        },
        async checkHealth(plan, { signal }) {
          const attempts = checksFor(context.config, plan).map((check) => ({
            check,
            attempt: probe.begin(asking(plan, check)),
          }));
          if (attempts.length === 0) return undefined;
          return unanimous(signal, (until) =>
            attempts.map(({ check, attempt }) => untilHealthy(attempt, check, { ...context, signal: until })),
          );
        },
      };
    },
  };
}

/** An attempt that began in time may end after it. */
const lastAttempt = 30_000;

/** What labels cannot say leaves the container as it is, as it does for Belfry's own. */
function understood<Result>(work: () => Result): Result | string {
  try {
    return work();
  } catch (error) {
    if (error instanceof AppError && error.code === 'LABEL_INVALID') return error.message;
    throw error;
  }
}

/** Healthy once all are; one that is not ends the others. */
async function unanimous(
  signal: AbortSignal,
  begin: (signal: AbortSignal) => readonly Promise<HealthVerdict>[],
): Promise<HealthVerdict> {
  const settled = new AbortController();
  try {
    const checks = begin(AbortSignal.any([signal, settled.signal]));
    return await new Promise((resolve, reject) => {
      for (const check of checks) check.then((verdict) => verdict.verdict === 'unhealthy' && resolve(verdict), reject);
      Promise.all(checks).then(() => resolve({ verdict: 'healthy' }), reject);
    });
  } finally {
    settled.abort();
  }
}
