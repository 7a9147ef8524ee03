import { AppError } from '../errors/app-error.ts';
import type { ForeignUse } from './given.ts';
import type { Settings } from './settings.ts';

/** What Watchtower's `--porcelain` asks for; the last one given counts. */
export function readPorcelain(uses: readonly ForeignUse[]): {
  readonly form: Settings['porcelain'];
  readonly problems: readonly AppError[];
} {
  const use = uses.findLast(({ row }) => row.flag === 'porcelain');
  if (use === undefined) return { form: null, problems: [] };
  if (use.text === 'v1' || use.text === 'json') return { form: use.text, problems: [] };
  return {
    form: null,
    problems: [
      new AppError(
        use.origin.startsWith('-') ? 'FLAG_INVALID' : 'VARIABLE_INVALID',
        `${use.origin}: "${use.text}" is neither v1 nor json.`,
      ),
    ],
  };
}
