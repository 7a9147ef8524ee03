import { definePlugin, matchesName, type Plan, type StandardSchema, veto } from 'belfry/plugin';
import type { Config, Rule } from './config.ts';
import { schema } from './schema.ts';
import { repositoryOf, statefulName } from './stateful.ts';
import { type Action, largestStep, parseTerms, type Step, type Terms, termsShape } from './terms.ts';

const label = 'policy';
const unconfigured: Config = { default: {}, rules: [], stateful: [] };

const config: StandardSchema<Config> & { readonly shape: object } = {
  // From here the nearest right key is taken.
  shape: schema.properties,
  '~standard': {
    version: 1,
    vendor: 'belfry',
    jsonSchema: { input: () => schema },
    async validate(given) {
      if (isEmpty(given)) return { value: unconfigured };
      const { config: read } = await import('./config.ts');
      return read['~standard'].validate(given);
    },
  },
};

export default definePlugin({
  name: 'policy',
  apiVersion: 1,
  summary: 'Says how large a step may be made of itself; major ones of databases are only reported.',
  labels: {
    [label]: 'How large a step it may make, such as `minor`, or what to do of each: `major=hold,minor=allow`.',
  },
  config,
  setup: ({ config: { rules, stateful, default: standard } }) => ({
    beforeUpdate(plan) {
      const text = plan.labels[`belfry.${label}`]?.trim() ?? '';
      const own = text === '' ? {} : parseTerms(text);
      if (own === undefined) return veto(`its label belfry.${label}=${text} is none of ${termsShape}`);
      const data = statefulName(plan.workload.image, stateful);
      const layers: readonly Layer[] = [
        { terms: own, says: `, by its label belfry.${label}` },
        { terms: rules.find((rule) => fits(rule, plan))?.policy ?? {}, says: ', by a rule of the policy' },
        { terms: data === undefined || standard.major === 'hold' ? {} : { major: 'notify' }, says: '' },
        { terms: standard, says: ', by the policy' },
      ];
      const step = plan.bump === 'unknown' ? largestStep(plan.to.reference) : plan.bump;
      const found = verdictOf(layers, plan, step);
      if (found.action === 'allow') return undefined;
      if (found.action === 'notify' && plan.approval?.verdict === 'approved') return undefined;
      const whose = data === undefined ? '' : ` of ${data}, which keeps data,`;
      const what = `${stepText(plan, step)}${whose} is ${found.action === 'hold' ? 'held back' : 'only reported'}`;
      return veto(what + found.says);
    },
  }),
});

/** What somebody wants; what it leaves open is for the next one. */
interface Layer {
  readonly terms: Terms;
  /** Whose will it is, to end a sentence. */
  readonly says: string;
}

function verdictOf(
  layers: readonly Layer[],
  { bump }: Plan,
  step: Step,
): { readonly action: Action } & Pick<Layer, 'says'> {
  for (const { terms, says } of layers) {
    const action = (bump === 'unknown' ? terms.unknown : undefined) ?? terms[step];
    if (action !== undefined) return { action, says };
  }
  return { action: 'allow', says: '' };
}

function fits({ containers, images }: Rule, { workload }: Plan): boolean {
  const names = [workload.image, repositoryOf(workload.image)];
  return (
    (containers?.some((pattern) => matchesName(pattern, workload.name)) ?? true) &&
    (images?.some((pattern) => names.some((name) => matchesName(pattern, name))) ?? true)
  );
}

function stepText({ bump, from, to }: Plan, step: Step): string {
  if (bump === 'digest') return 'a rebuild of the same version';
  if (bump !== 'unknown') return `a new ${bump} version`;
  const [before, after] = [from.version ?? 'unknown', to.version ?? 'unknown'];
  const known = before === after ? 'its versions are unknown' : `its versions are ${before} and ${after}`;
  return `what may be a new ${step} version (${known})`;
}

const isEmpty = (given: unknown) => typeof given === 'object' && given !== null && Object.keys(given).length === 0;
