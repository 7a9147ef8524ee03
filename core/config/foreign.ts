import { AppError } from '../errors/app-error.ts';
import type { ForeignUse } from './given.ts';
import { readValue } from './values.ts';

/** Sorts the uses of Watchtower's other names into errors, for what must not be ignored, and one warning a reason. */
export function answerForeign(uses: readonly ForeignUse[]): {
  readonly problems: readonly AppError[];
  readonly warnings: readonly string[];
} {
  const active = uses.filter((use) => use.row.answer !== 'changed' && !isIdle(use));
  const flags = new Set(active.map((use) => use.row.flag));
  const problems: AppError[] = [];
  const ignored = new Map<string, string[]>();
  for (const { row, origin } of active) {
    if (row.answer === 'refused' && !flags.has(row.unless ?? '')) {
      const hint = row.hint === undefined ? {} : { hint: row.hint };
      problems.push(new AppError('WATCHTOWER_UNSUPPORTED', `${origin}: ${row.why}`, hint));
    } else {
      ignored.set(row.why, [...(ignored.get(row.why) ?? []), origin]);
    }
  }
  const warnings = [...ignored].map(
    ([why, origins]) => `${origins.join(', ')} ${origins.length === 1 ? 'is' : 'are'} ignored: ${why}`,
  );
  return { problems, warnings };
}

function isIdle({ row, text }: ForeignUse): boolean {
  if (row.idle !== undefined) return row.idle.includes(text);
  const switched = row.takes === 'nothing' ? readValue('boolean', text) : undefined;
  return switched !== undefined && 'value' in switched && !switched.value;
}
