import type { Finished, Workload } from '../../events.ts';
import type { JournalRecord } from '../record.ts';
import { remember } from './bounded.ts';

interface Unchecked {
  readonly image: string;
  readonly since: string;
  /** The first check that failed, the last one, and the end of a cycle since that did not meet the container. */
  readonly needed: readonly number[];
  readonly missed: boolean;
}

/** Since when no check of a container has come to an answer; with another image it is asked of anew. */
export function foldUnchecked() {
  const unchecked = new Map<string, Unchecked>();
  const known = ({ name, image }: Pick<Workload, 'name' | 'image'>) => {
    const entry = unchecked.get(name);
    return entry?.image === image ? entry : undefined;
  };

  /** One cycle may be about a few containers only, or break off; what two in a row do not meet is not there any more. */
  function pass({ trigger, counts, items }: Finished, seq: number): void {
    if (trigger === 'manual' || counts.checked === 0) return;
    const met = new Set(items.flatMap(({ phase, workload }) => (phase === 'check' ? workload.name : [])));
    for (const [name, entry] of unchecked) {
      if (met.has(name)) continue;
      if (entry.missed) unchecked.delete(name);
      else unchecked.set(name, { ...entry, needed: [...entry.needed, seq], missed: true });
    }
  }

  return {
    uncheckedSince: (workload: Pick<Workload, 'name' | 'image'>): string | undefined => known(workload)?.since,
    apply(record: JournalRecord): void {
      if (record.kind !== 'event') return;
      const { event, seq } = record;
      if (event.type === 'finished') pass(event, seq);
      if (event.workload === null) return;
      const { name, image } = event.workload;
      if (event.type === 'checked' || event.type === 'skipped') unchecked.delete(name);
      if (event.type !== 'failed' || event.phase !== 'check') return;
      const { since = event.since ?? event.time, needed: [first = seq] = [] } = known(event.workload) ?? {};
      remember(unchecked, name, { image, since, needed: [...new Set([first, seq])], missed: false });
    },
    needs: (): readonly number[] => [...unchecked.values()].flatMap(({ needed }) => needed),
  };
}
