import { didYouMean } from '../config/nearest.ts';
import { matchesName } from '../config/pattern.ts';
import type { Session } from './session.ts';

/** Warns of names to watch that no container has: the container may come later, and the name may be a slip. */
export async function warnOfUnmatched({ parts, loaded }: Pick<Session, 'parts' | 'loaded'>): Promise<void> {
  const { names } = loaded.settings;
  if (names.length === 0) return;
  // An engine that does not answer is told of by the cycle.
  const containers = await parts.engine.list().catch(() => undefined);
  if (containers === undefined) return;
  const known = containers.map(({ name }) => name);
  for (const name of names.filter((one) => !known.some((container) => matchesName(one, container)))) {
    parts.log.warn(`no container is named ${name}; one that comes later is watched.${didYouMean(name, known)}`);
  }
}
