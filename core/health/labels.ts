import { formatDuration, parseDuration } from '../config/duration.ts';
import { labelPrefixes } from '../config/table.ts';
import type { Plan } from '../decisions.ts';
import { AppError } from '../errors/app-error.ts';
import type { ProbeTerms } from './until-healthy.ts';

/** The longest that a probe may be told to wait, by label as well as in its settings. */
const longestTimeout = 3_600_000;

/** One label of a container, read by what it must be. Throws LABEL_INVALID where it is something else. */
export type ReadLabel = <Value>(
  suffix: string,
  expects: string,
  read: (text: string) => Value | undefined,
) => Value | undefined;

/** The labels that every probe reads, for its `labels`. */
export const probeLabels = {
  'health.timeout': 'How long the health checks of its labels may take, such as 2m; 60s unless given, at most 1h.',
};

export function readLabelsOf({ labels }: Pick<Plan, 'labels'>): ReadLabel {
  return (suffix, expects, read) => {
    const name = labelPrefixes.belfry + suffix;
    const text = labels[name]?.trim() ?? '';
    if (text === '') return undefined;
    const value = read(text);
    if (value === undefined) throw new AppError('LABEL_INVALID', `the label ${name}=${text} is not ${expects}`);
    return value;
  };
}

/** The terms of a check that labels ask for. */
export function termsFrom(read: ReadLabel): ProbeTerms {
  const expects = `a duration such as 90s or 5m, of at most ${formatDuration(longestTimeout)}`;
  const timeout = read('health.timeout', expects, (text) => {
    const given = parseDuration(text);
    return given !== undefined && given <= longestTimeout ? given : undefined;
  });
  return { timeout: timeout ?? 60_000, interval: 1000 };
}
