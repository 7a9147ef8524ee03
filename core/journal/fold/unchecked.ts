import type { Workload } from '../../events.ts';
import type { JournalRecord } from '../record.ts';
import { remember } from './bounded.ts';

interface Unchecked {
  readonly image: string;
  readonly since: string;
  readonly seq: number;
}

/** Since when no check of a container has come to an answer; with another image it is asked of anew. */
export function foldUnchecked() {
  const unchecked = new Map<string, Unchecked>();
  const known = ({ name, image }: Pick<Workload, 'name' | 'image'>) => {
    const entry = unchecked.get(name);
    return entry?.image === image ? entry : undefined;
  };
  return {
    uncheckedSince: (workload: Pick<Workload, 'name' | 'image'>): string | undefined => known(workload)?.since,
    apply(record: JournalRecord): void {
      if (record.kind !== 'event') return;
      const { event, seq } = record;
      if (event.workload === null) return;
      const { name, image } = event.workload;
      if (event.type === 'checked' || event.type === 'skipped') unchecked.delete(name);
      if (event.type !== 'failed' || event.phase !== 'check' || known(event.workload) !== undefined) return;
      remember(unchecked, name, { image, since: event.since ?? event.time, seq });
    },
    needs: (): readonly number[] => [...unchecked.values()].map(({ seq }) => seq),
  };
}
