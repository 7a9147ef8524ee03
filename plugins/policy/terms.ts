import type { Bump } from 'belfry/plugin';

/** `notify` and `hold` both leave the container as it is; an approval overrides the former only. */
export type Action = 'allow' | 'notify' | 'hold';
export type Step = Exclude<Bump, 'unknown'>;
/** What is done about each step between two versions; what is absent is left to others. */
export type Terms = { readonly [B in Bump]?: Action };

/** The smallest first. */
const steps: readonly string[] = ['digest', 'patch', 'minor', 'major'] satisfies readonly Step[];
const bumps: readonly string[] = [...steps, 'unknown'];
const actions: readonly string[] = ['allow', 'notify', 'hold'];

export const termsShape = 'digest, patch, minor, major, allow, notify, hold, or such as major=hold,minor=allow';

/** Reads `minor` (up to that step), `hold` (all of them) or `major=hold,minor=allow`; undefined for anything else. */
export function parseTerms(text: string): Terms | undefined {
  const plain = text.trim().toLowerCase();
  const most = steps.indexOf(plain);
  if (most !== -1) return Object.fromEntries(steps.map((step, at) => [step, at <= most ? 'allow' : 'notify']));
  if (isAction(plain)) return Object.fromEntries(bumps.map((bump) => [bump, plain]));
  const terms: Record<string, Action> = {};
  for (const part of plain.split(',')) {
    const [bump = '', action = '', ...more] = part.split('=').map((word) => word.trim());
    if (!bumps.includes(bump) || !isAction(action) || more.length > 0) return undefined;
    terms[bump] = action;
  }
  return terms;
}

const isAction = (word: string): word is Action => actions.includes(word);

/** The largest step that a tag leaves room for, by the custom that `16` keeps to version 16 and `1.27` to 1.27. */
export function largestStep(reference: string): Step {
  const [, tag = ''] = /:([^/:@]+)(?:@|$)/.exec(reference) ?? [];
  const [version] = /^v?\d+(?:\.\d+)*(?=$|[-_+])/.exec(tag) ?? [];
  const parts = version?.split('.').length ?? 0;
  return (['major', 'minor', 'patch'] as const)[parts] ?? 'digest';
}
