import {
  type Answer,
  type Asked,
  type CleanupCandidate,
  type CleanupVerdict,
  type Decision,
  type DecisionRules,
  decisions,
  type HealthVerdict,
  type Plan,
} from './decisions.ts';
import { type Problem, problemOf } from './errors/app-error.ts';
import { freeze } from './freeze.ts';
import type { Instance } from './host.ts';
import { readVerdict } from './hosting/read-verdict.ts';
import { type Bounds, type Isolated, isolate } from './isolate.ts';

type DecisionOf<Rule extends DecisionRules['onError']> = {
  [D in Decision]: (typeof decisions)[D]['onError'] extends Rule ? D : never;
}[Decision];

/** A gate's no: `code` is GATE_REFUSED for its own word, GATE_FAILED where it broke. */
export interface Refusal {
  readonly by: string;
  readonly code: 'GATE_REFUSED' | 'GATE_FAILED';
  readonly reason: string;
  readonly until?: string;
}

export interface Warning {
  readonly by: string;
  readonly problem: Problem;
}

/** Asks the plugins, one method for each kind of decision; what an error counts as stands in decisions.ts. */
export interface Verdicts {
  /** The first refusal, or undefined where nobody objects. Once the signal aborts, nobody is waited for any more. */
  refusal(decision: DecisionOf<'refuse'>, plan: Plan, signal?: AbortSignal): Promise<Refusal | undefined>;
  /**
   * Why the workload is not healthy, a sentence for each plugin that says so; empty means healthy. Once one says so,
   * the others are waited for no longer. The deadline holds for those that state no longer one.
   */
  unhealthy(plan: Plan, deadline: number, signal?: AbortSignal): Promise<readonly string[]>;
  /** Tells each plugin in turn; what fails comes back as warnings. */
  tell<D extends DecisionOf<'warn'>>(
    decision: D,
    /** Asked for only where a plugin listens. */
    subject: () => Asked<D> | Promise<Asked<D>>,
    terms: Telling,
  ): Promise<readonly Warning[]>;
  /** Whether anybody answers it. */
  isAsked(decision: Decision): boolean;
  /** The ids of the images that may go: proposed by one, kept by none. */
  removable(images: readonly CleanupCandidate[]): Promise<{ images: readonly string[]; warnings: readonly Warning[] }>;
}

export interface Telling {
  readonly dryRun: boolean;
  readonly signal?: AbortSignal;
}

/** `wake` sets up the plugins that such labels call for; where it rejects, nobody is asked. */
export function createVerdicts(
  instances: () => readonly Instance[],
  wake: (labels: Plan['labels']) => Promise<void> = async () => {},
): Verdicts {
  const answering = (decision: Decision) => instances().filter(({ wiring }) => wiring[decision] !== undefined);

  return {
    isAsked: (decision) => answering(decision).length > 0,
    async refusal(decision, plan, signal) {
      if (plan.dryRun && !decisions[decision].inDryRun) return undefined;
      const asleep = await failureOf(wake(plan.labels));
      if (asleep !== undefined) return { by: 'core', code: 'GATE_FAILED', reason: asleep.message };
      for (const instance of answering(decision)) {
        const deadline = deadlineOf(instance, { decision, subject: plan, standard: decisions[decision].deadline });
        const asked = await ask(instance, decision, plan, { deadline, signal });
        if (!asked.ok) return { by: instance.name, code: 'GATE_FAILED', reason: asked.problem.message };
        if (asked.value === undefined || asked.value.verdict === 'allow') continue;
        const { reason } = asked.value;
        const until = asked.value.verdict === 'defer' ? asked.value.until : undefined;
        return { by: instance.name, code: 'GATE_REFUSED', reason, ...(until === undefined ? {} : { until }) };
      }
      return undefined;
    },
    async unhealthy(plan, deadline, signal) {
      const asleep = await failureOf(wake(plan.labels));
      if (asleep !== undefined) return [asleep.message];
      const settled = new AbortController();
      const either = signal === undefined ? settled.signal : AbortSignal.any([settled.signal, signal]);
      const asked = answering('checkHealth').map(async (instance) => {
        const decision = 'checkHealth' as const;
        const bounds = {
          deadline: deadlineOf(instance, { decision, subject: plan, standard: deadline }),
          signal: either,
        };
        const answer = await ask(instance, 'checkHealth', plan, bounds);
        if (!answer.ok && answer.problem.code === 'STOPPED_BY_SIGNAL' && signal?.aborted !== true) return [];
        const reason = answer.ok ? reasonIn(answer.value) : answer.problem.message;
        if (reason !== undefined) settled.abort();
        return reason ?? [];
      });
      return (await Promise.all(asked)).flat();
    },
    async tell(decision, subject, { dryRun, signal }) {
      const warnings: Warning[] = [];
      const listening = answering(decision);
      if (listening.length === 0 || (dryRun && !decisions[decision].inDryRun)) return warnings;
      const told = await subject();
      for (const instance of listening) {
        const deadline = deadlineOf(instance, { decision, subject: told, standard: decisions[decision].deadline });
        const asked = await ask(instance, decision, told, { deadline, signal });
        if (!asked.ok) warnings.push({ by: instance.name, problem: asked.problem });
      }
      return warnings;
    },
    async removable(images) {
      const { deadline } = decisions.selectCleanup;
      const asked = await Promise.all(
        answering('selectCleanup').map(async (instance) => ({
          by: instance.name,
          answer: await ask(instance, 'selectCleanup', images, { deadline }),
        })),
      );
      const broken = asked.flatMap(({ by, answer }) => (answer.ok ? [] : [{ by, problem: answer.problem }]));
      if (broken.length > 0) return { images: [], warnings: broken };
      const said = asked.flatMap(({ answer }) => (answer.ok && answer.value !== undefined ? [answer.value] : []));
      const proposed = new Set(said.flatMap((one) => (one.verdict === 'keep' ? [] : namedBy(one, 'remove'))));
      const kept = new Set(said.flatMap((one) => (one.verdict === 'remove' ? [] : namedBy(one, 'keep'))));
      const offered = images.map(({ imageId }) => imageId);
      return { images: offered.filter((id) => proposed.has(id) && !kept.has(id)), warnings: [] };
    },
  };
}

function namedBy(verdict: CleanupVerdict, kind: 'keep' | 'remove'): readonly string[] {
  return verdict.verdict === 'choose' ? verdict[kind] : verdict.images;
}

async function failureOf(work: Promise<void>): Promise<Problem | undefined> {
  return work.then(() => undefined, problemOf);
}

const reasonIn = (verdict: HealthVerdict | undefined) =>
  verdict?.verdict === 'unhealthy' ? verdict.reason : undefined;

/** The standard, or what the plugin asks for its plan, as far as the table goes along. */
function deadlineOf<D extends Decision>(
  { plugin, config }: Instance,
  { decision, subject, standard }: { readonly decision: D; readonly subject: Asked<D>; readonly standard: number },
): number {
  const { longest }: DecisionRules = decisions[decision];
  if (longest === null || plugin.patience === undefined) return standard;
  try {
    // Only what is asked about a plan has a longest time.
    const wanted = plugin.patience(config, freeze(structuredClone(subject)) as Plan);
    return Number.isNaN(wanted) ? standard : Math.max(standard, Math.min(longest, wanted));
  } catch {
    // What is wrong with the plugin shows as soon as it is asked.
    return standard;
  }
}

/** Asks one plugin. It gets a frozen copy, and its answer counts as it was at that moment. */
export async function ask<D extends Decision>(
  instance: Pick<Instance, 'name' | 'wiring'> & Partial<Pick<Instance, 'tally'>>,
  decision: D,
  subject: Asked<D>,
  bounds: Omit<Bounds, 'who'>,
): Promise<Isolated<Answer<D> | undefined>> {
  const answer = instance.wiring[decision];
  // The index type of a mapped type does not narrow with its key; the wiring was checked when it was loaded.
  const call = answer as (subject: Asked<D>, context: { signal: AbortSignal }) => unknown;
  const given = freeze(structuredClone(subject));
  const { verdicts }: DecisionRules = decisions[decision];
  instance.tally?.called();
  const asked = await isolate(
    async (signal) => readVerdict(await call(given, { signal }), verdicts) as Answer<D> | undefined,
    { ...bounds, who: `${instance.name} (${decision})` },
  );
  if (!asked.ok && asked.problem.code !== 'STOPPED_BY_SIGNAL') instance.tally?.failed(asked.problem);
  return asked;
}
