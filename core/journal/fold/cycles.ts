import { reportItem } from '../../cycle/report.ts';
import type { Found, ReportItem, Started } from '../../events.ts';
import type { OpenCycle } from '../port.ts';
import type { JournalRecord } from '../record.ts';
import { remember } from './bounded.ts';

interface Tally {
  readonly started: Started;
  readonly seq: number;
  readonly found: Map<string, Found>;
  readonly items: ReportItem[];
  upToDate: number;
}

// A cycle whose Belfry died is finished by the next one, so more than one is rare.
const mostOpen = 16;

/** Cycles that started and did not finish, with what is known of them. */
export function foldCycles() {
  const open = new Map<string, Tally>();
  return {
    openCycles: (): readonly OpenCycle[] => [...open.values()].map(openCycle),
    apply(record: JournalRecord): void {
      if (record.kind !== 'event') return;
      const { event } = record;
      if (event.type === 'started') {
        const tally = { started: event, seq: record.seq, found: new Map(), items: [], upToDate: 0 };
        remember(open, event.cycle, tally, mostOpen);
      }
      if (event.type === 'finished') open.delete(event.cycle);
      const tally = open.get(event.cycle);
      if (tally === undefined) return;
      if (event.type === 'found') tally.found.set(event.workload.name, event);
      else if (event.type === 'checked') tally.upToDate += event.upToDate && event.ending ? 1 : 0;
      else {
        const item = reportItem(event, event.workload ? tally.found.get(event.workload.name) : undefined);
        if (item !== undefined) tally.items.push(item);
      }
    },
    /** Where the oldest of them began. */
    oldest: (): number | undefined => [...open.values()].map(({ seq }) => seq).sort((a, b) => a - b)[0],
  };
}

function openCycle({ started, items, upToDate }: Tally): OpenCycle {
  const { cycle, trigger, dryRun, time } = started;
  return { cycle, trigger, dryRun, startedAt: time, items: [...items], upToDate };
}
