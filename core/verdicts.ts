import {
  type Answer,
  type Asked,
  type CleanupCandidate,
  type Decision,
  type DecisionRules,
  decisions,
  type Plan,
} from './decisions.ts';
import { AppError, type Problem, problemOf } from './errors/app-error.ts';
import type { Instance } from './host.ts';
import { isolate } from './isolate.ts';

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
  /** The first refusal, or undefined where nobody objects. */
  refusal(decision: DecisionOf<'refuse'>, plan: Plan): Promise<Refusal | undefined>;
  /** Why the workload is not healthy, a sentence for each plugin that says so; empty means healthy. */
  unhealthy(plan: Plan, deadline: number, signal?: AbortSignal): Promise<readonly string[]>;
  /** Tells each plugin in turn; what fails comes back as warnings. */
  tell<D extends DecisionOf<'warn'>>(decision: D, subject: Asked<D>, dryRun: boolean): Promise<readonly Warning[]>;
  /** The ids of the images that may go: proposed by one, kept by none. */
  removable(images: readonly CleanupCandidate[]): Promise<{ images: readonly string[]; warnings: readonly Warning[] }>;
}

export function createVerdicts(instances: () => readonly Instance[]): Verdicts {
  const answering = (decision: Decision) => instances().filter(({ wiring }) => wiring[decision] !== undefined);

  return {
    async refusal(decision, plan) {
      if (plan.dryRun && !decisions[decision].inDryRun) return undefined;
      for (const instance of answering(decision)) {
        const asked = await ask(instance, decision, plan, { deadline: decisions[decision].deadline });
        if (!asked.ok) return { by: instance.name, code: 'GATE_FAILED', reason: asked.problem.message };
        if (asked.value === undefined || asked.value.verdict === 'allow') continue;
        const { reason } = asked.value;
        const until = asked.value.verdict === 'defer' ? asked.value.until : undefined;
        return { by: instance.name, code: 'GATE_REFUSED', reason, ...(until === undefined ? {} : { until }) };
      }
      return undefined;
    },
    async unhealthy(plan, deadline, signal) {
      const asked = await Promise.all(
        answering('checkHealth').map((instance) => ask(instance, 'checkHealth', plan, { deadline, signal })),
      );
      return asked.flatMap((answer) => {
        if (!answer.ok) return [answer.problem.message];
        return answer.value?.verdict === 'unhealthy' ? [answer.value.reason] : [];
      });
    },
    async tell(decision, subject, dryRun) {
      const warnings: Warning[] = [];
      if (dryRun && !decisions[decision].inDryRun) return warnings;
      for (const instance of answering(decision)) {
        const asked = await ask(instance, decision, subject, { deadline: decisions[decision].deadline });
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
      const named = (verdict: string) => new Set(said.filter((v) => v.verdict === verdict).flatMap((v) => v.images));
      const [proposed, kept] = [named('remove'), named('keep')];
      const offered = images.map(({ imageId }) => imageId);
      return { images: offered.filter((id) => proposed.has(id) && !kept.has(id)), warnings: [] };
    },
  };
}

type Asking<D extends Decision> =
  | { readonly ok: true; readonly value: Answer<D> | undefined }
  | { readonly ok: false; readonly problem: Problem };

async function ask<D extends Decision>(
  instance: Instance,
  decision: D,
  subject: Asked<D>,
  bounds: { readonly deadline: number; readonly signal?: AbortSignal | undefined },
): Promise<Asking<D>> {
  const answer = instance.wiring[decision];
  const who = `${instance.name} (${decision})`;
  // The index type of a mapped type does not narrow with its key; the wiring was checked when it was loaded.
  const call = answer as (subject: Asked<D>, context: { signal: AbortSignal }) => unknown;
  const asked = await isolate((signal) => call(subject, { signal }), { who, ...bounds });
  if (!asked.ok) return asked;
  const rules: DecisionRules = decisions[decision];
  if (asked.value === undefined || rules.verdicts.length === 0) return { ok: true, value: undefined };
  if (isVerdict(asked.value, rules)) return { ok: true, value: asked.value as Answer<D> };
  const expected = [...rules.verdicts, 'undefined'].join(', ');
  const message = `${who} answered ${JSON.stringify(asked.value) ?? typeof asked.value}; expected ${expected}`;
  return { ok: false, problem: problemOf(new AppError('PLUGIN_VERDICT_INVALID', message)) };
}

const fields: Readonly<Record<string, 'reason' | 'images'>> = {
  veto: 'reason',
  defer: 'reason',
  unhealthy: 'reason',
  keep: 'images',
  remove: 'images',
};

function isVerdict(value: unknown, rules: DecisionRules): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { verdict, reason, images, until } = value as Record<string, unknown>;
  if (typeof verdict !== 'string' || !rules.verdicts.includes(verdict)) return false;
  if (until !== undefined && (typeof until !== 'string' || Number.isNaN(Date.parse(until)))) return false;
  if (fields[verdict] === 'reason') return typeof reason === 'string';
  if (fields[verdict] === 'images') return Array.isArray(images) && images.every((id) => typeof id === 'string');
  return true;
}
