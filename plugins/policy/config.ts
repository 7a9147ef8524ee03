import { patternProblem, type StandardSchema, z } from 'belfry/plugin';
import { schema } from './schema.ts';
import { parseTerms, type Terms, termsShape } from './terms.ts';

export interface Config {
  readonly default: Terms;
  readonly rules: readonly Rule[];
  readonly stateful: readonly string[];
}

export interface Rule {
  /** Patterns; where it has both, both must fit. */
  readonly containers?: readonly string[] | undefined;
  readonly images?: readonly string[] | undefined;
  readonly policy: Terms;
}

interface Given {
  readonly default: string;
  readonly rules: readonly (Omit<Rule, 'policy'> & { readonly policy: string })[];
  readonly stateful: readonly string[];
}

/** Reads what `schema` describes. */
export const config: StandardSchema<Config> = (z.fromJSONSchema(schema) as z.ZodType<Given>).transform(
  (given, { addIssue }): Config => {
    const terms = (text: string, path: (string | number)[]): Terms => {
      const parsed = parseTerms(text);
      if (parsed === undefined) addIssue({ code: 'custom', path, message: `"${text}" is none of ${termsShape}` });
      return parsed ?? {};
    };
    for (const [at, { containers = [], images = [] }] of given.rules.entries()) {
      const path = ['rules', at];
      if (containers.length + images.length === 0) {
        addIssue({ code: 'custom', path, message: 'a rule needs `containers` or `images`' });
      }
      for (const pattern of [...containers, ...images]) {
        const problem = patternProblem(pattern);
        if (problem !== undefined) addIssue({ code: 'custom', path, message: `the pattern ${pattern} ${problem}` });
      }
    }
    return {
      default: terms(given.default, ['default']),
      rules: given.rules.map((rule, at) => ({ ...rule, policy: terms(rule.policy, ['rules', at, 'policy']) })),
      stateful: given.stateful,
    };
  },
);
