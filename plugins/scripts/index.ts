import { definePlugin, type Plan, type PluginContext, type z } from 'belfry/plugin';
import { config, type Phase, type Script } from './config.ts';
import { decide, isFor, mustExist, runAll } from './run.ts';
import { type Occasion, ofCycle, ofPlan, ofSummary } from './told.ts';

/** For the end of what does not end by itself. */
const margin = 10_000;

export default definePlugin({
  name: 'scripts',
  apiVersion: 1,
  summary: 'Runs programs beside Belfry around cycles and updates.',
  config,
  patience: ({ scripts }, plan) => Math.max(...aboutPlans.map((phase) => longest(scripts, phase, plan))),
  setup: (context: PluginContext<z.infer<typeof config>>) => {
    mustExist(context);
    const uses = (on: Phase) => context.config.scripts.some((script) => script.on.includes(on));
    const tell =
      <Subject>(on: Phase, occasion: (on: Phase, subject: Subject) => Occasion) =>
      async (subject: Subject, { signal }: { readonly signal: AbortSignal }): Promise<undefined> => {
        await runAll(context, occasion(on, subject), signal);
      };
    return {
      ...(uses('beforeCycle') && { beforeCycle: tell('beforeCycle', ofCycle) }),
      ...(uses('beforeReplace') && {
        beforeReplace: (plan: Plan, { signal }: { readonly signal: AbortSignal }) =>
          decide(context, ofPlan('beforeReplace', plan), signal),
      }),
      ...(uses('afterUpdate') && { afterUpdate: tell('afterUpdate', ofPlan) }),
      ...(uses('afterRollback') && { afterRollback: tell('afterRollback', ofPlan) }),
      ...(uses('afterCycle') && { afterCycle: tell('afterCycle', ofSummary) }),
    };
  },
});

const aboutPlans: readonly Phase[] = ['beforeReplace', 'afterUpdate', 'afterRollback'];

function longest(scripts: readonly Script[], on: Phase, { workload }: Plan): number {
  return scripts
    .filter((script) => isFor(script, { on, workload }))
    .reduce((sum, { timeout }) => sum + timeout + margin, 0);
}
