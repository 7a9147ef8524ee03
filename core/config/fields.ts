import * as z from 'zod';
import { durationPattern, formatDuration, parseDuration } from './duration.ts';
import { type GuardedPattern, guardedPattern } from './guarded-pattern.ts';
import { patternProblem } from './pattern.ts';

/** A setting of a plugin that is a duration, such as `90s` or 90; in milliseconds once read. */
export function duration({ least = 0, most = Number.MAX_SAFE_INTEGER } = {}) {
  const error = 'expected a duration such as 90s, 5m or 1h30m';
  return z
    .union([z.string().regex(durationPattern, { error }), z.number().min(0)], { error })
    .transform((given) => parseDuration(`${given}`) ?? 0)
    .refine((given) => given >= least, { error: `expected at least ${formatDuration(least)}` })
    .refine((given) => given <= most, { error: `expected at most ${formatDuration(most)}` });
}

/** A setting of a plugin that is a list of names of containers or images, as patterns of the whole name; see `matchesName`. */
export function namePatterns() {
  const pattern = z
    .string()
    .min(1)
    .superRefine((given, { addIssue }) => {
      const problem = patternProblem(given);
      if (problem !== undefined) addIssue(`the pattern ${given} ${problem}`);
    });
  return z.array(pattern).min(1);
}

/** A setting of a plugin that is a regular expression to find in a text. */
export function pattern() {
  return z.string().transform((given, { addIssue }): GuardedPattern => {
    const pattern = guardedPattern(given);
    if (typeof pattern === 'object') return pattern;
    addIssue(`the pattern ${given} ${pattern}`);
    return z.NEVER;
  });
}
