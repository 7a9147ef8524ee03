import type { Code } from '../errors/catalogue.ts';
import type { BelfryEvent, ReportItem } from '../events.ts';
import { isOverdue } from '../notifier/overdue.ts';
import type { Item } from '../notifier/report.ts';

/** What a check fails with that may well pass by itself; everything else wants somebody to look. */
const passing: ReadonlySet<string> = new Set<Code>([
  'REGISTRY_UNREACHABLE',
  'REGISTRY_TIMEOUT',
  'REGISTRY_RATE_LIMITED',
  'REGISTRY_FAILED',
  'REGISTRY_ANSWER_INVALID',
]);

/**
 * An event as it is told to those who want to hear of what cannot be checked only after so many milliseconds:
 * undefined where it says no more than that; in a report such a container counts as skipped.
 */
export function hushed(event: BelfryEvent, unknownAfter = 0): BelfryEvent | undefined {
  const { time } = event;
  if (event.type === 'failed') return isHiccup(event, time, unknownAfter) ? undefined : event;
  if (event.type !== 'finished' || !event.items.some((item) => isHiccup(item, time, unknownAfter))) return event;
  const items = event.items.map((item): ReportItem => {
    const hiccup = isHiccup(item, time, unknownAfter);
    return hiccup ? { ...item, state: 'skipped', outcome: null, by: 'core' } : item;
  });
  return { ...event, items };
}

type Broken = Partial<Pick<ReportItem, 'state' | 'phase' | 'problem'>> & { readonly since?: string | null };

function isHiccup({ state = 'failed', phase, problem, since }: Broken, time: string, unknownAfter: number): boolean {
  if (state !== 'failed' || phase !== 'check' || !passing.has(problem?.code ?? '')) return false;
  return !isOverdue(since ?? time, time, unknownAfter);
}

/** What an instance is told of a container that cannot be checked: the same again is no news. */
export function uncheckedAs({ phase, code }: Pick<Item, 'phase' | 'code'>): string | undefined {
  if (phase !== 'check') return undefined;
  return passing.has(code ?? '') ? mayPass : `check ${code}`;
}

/** Whether the other thing to tell of a container that cannot be checked is worse, and so news. */
export const isWorse = (told: string | null, now: string): boolean =>
  told === null || (now !== mayPass && now !== told);

const mayPass = 'check';
