import { AppError, problemOf } from '../../errors/app-error.ts';
import type { Phase, ReportItem } from '../../events.ts';
import { type IntentRecord, isFollower } from '../../journal/record.ts';
import { emptyItem } from '../../report-item.ts';
import type { Context } from '../context.ts';
import { summarize } from '../report.ts';
import type { Recovery } from './recover.ts';

/**
 * States what a dead run still owes: an ending for each replacement it began, and an end for its cycle. What it had only
 * found or pulled gets none: nothing happened to it, and the next look tells of it again.
 * Resolves with the report's lines for what is still down.
 */
export async function settle(
  context: Context,
  recoveries: ReadonlyMap<string, Recovery>,
  reported: ReadonlySet<string>,
): Promise<readonly ReportItem[]> {
  const owed = new Set<string>();
  for (const intent of context.journal.memory.openIntents()) {
    const { name } = intent.workload;
    owed.add(name);
    const recovery = recoveries.get(name);
    if (recovery !== undefined) await endIntent(context, intent, recovery);
  }
  for (const [name, recovery] of recoveries) {
    if (recovery.problem === undefined || owed.has(name) || reported.has(name)) continue;
    await context.bus.emit({ ...failure(recovery), cycle: context.cycle });
  }
  await endCycles(context);
  return [...recoveries.values()].filter(({ outcome }) => outcome === 'down').map(reportLine);
}

async function endIntent({ bus, now }: Context, intent: IntentRecord, recovery: Recovery): Promise<void> {
  const { cycle, from, to, time } = intent;
  const seconds = (now().getTime() - Date.parse(time)) / 1000;
  const followed = isFollower(intent);
  if (recovery.outcome === 'updated' && followed) {
    const { workload } = recovery;
    await bus.emit({ type: 'restarted', how: 'recreate', ending: true, cycle, workload, seconds });
    return;
  }
  if (recovery.outcome === 'updated') {
    const recreated = { type: 'recreated', strategy: 'stop-first', downtimeMs: null, ending: true } as const;
    await bus.emit({ ...recreated, cycle, workload: recovery.workload, from, to, seconds });
    return;
  }
  await bus.emit({ ...failure(recovery), cycle, ...(followed ? {} : { from, to }), ending: true });
}

/** The verdict on the new image counts against it; that a run died does not. */
function failure({ workload, outcome, problem }: Recovery) {
  const phase: Phase = problem?.code === 'UNHEALTHY' ? 'verify' : 'recover';
  const interrupted = new AppError('RECOVERED', 'Belfry was stopped in the middle of this update, which was undone');
  return { type: 'failed', workload, phase, outcome, problem: problem ?? problemOf(interrupted), logTail: [] } as const;
}

async function endCycles({ bus, cycle, journal, now }: Context): Promise<void> {
  for (const open of journal.memory.openCycles()) {
    if (open.cycle === cycle) continue;
    const seconds = (now().getTime() - Date.parse(open.startedAt)) / 1000;
    await bus.emit(summarize({ ...open, seconds }));
  }
}

function reportLine({ workload, outcome, problem }: Recovery): ReportItem {
  return { ...emptyItem, workload, state: 'failed', outcome, problem: problem ?? null };
}
