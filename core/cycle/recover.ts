import { containerSettings } from '../config/container.ts';
import type { ContainerSummary } from '../engine/port.ts';
import { type Problem, problemOf } from '../errors/app-error.ts';
import type { Outcome, ReportItem, Workload } from '../events.ts';
import type { IntentRecord } from '../journal/record.ts';
import { parseReference } from '../registry/reference.ts';
import { ownContainerId } from '../self/own-id.ts';
import { existing } from './candidate.ts';
import type { Context } from './context.ts';
import { workloadOf } from './list.ts';
import { parked } from './names.ts';
import { restoreTag } from './put-back.ts';
import { recoverAutoRemoved } from './recover-auto-removed.ts';
import { combinationOf, type Leftovers, putInOrder } from './recovery-table.ts';
import { settle } from './settle.ts';

/** What recovery made of one workload. */
export interface Recovery {
  readonly workload: Workload;
  readonly outcome: Outcome;
  readonly problem?: Problem;
}

/**
 * Finishes or undoes every replacement that a dead run left half done, told from the names of the containers alone;
 * the journal adds what names cannot carry. Then states the endings which that run still owes.
 * Resolves with what is still down, so that it leads every report. What is in `reported` is not stated again.
 */
export async function recover(
  context: Context,
  reported: ReadonlySet<string> = new Set(),
): Promise<readonly ReportItem[]> {
  const found = leftovers(context, await context.engine.list());
  // To put its own container in order Belfry might have to stop itself; a helper does it.
  const left = new Set([...found].flatMap(([name, parts]) => (Object.values(parts).some(isOwn) ? name : [])));
  const recoveries = new Map<string, Recovery>();
  for (const [name, parts] of found) {
    if (left.has(name)) continue;
    const recovery = await recoverOne(context, name, parts);
    if (recovery !== undefined) recoveries.set(name, recovery);
  }
  for (const intent of context.journal.memory.openIntents()) {
    const { name } = intent.workload;
    if (left.has(name)) continue;
    const recovery = recoveries.get(name) ?? (await recoverUnseen(context, intent));
    recoveries.set(name, recovery);
    if (recovery.outcome !== 'updated') await takeTagBack(context, intent);
  }
  for (const intent of context.journal.memory.downIntents()) {
    const { name } = intent.workload;
    const recovery = recoveries.has(name) ? undefined : await bringUp(context, intent);
    if (recovery !== undefined) recoveries.set(name, recovery);
  }
  return settle(context, recoveries, reported);
}

/** Of a `--rm` container that is down nothing but its recorded settings may be left: they are tried until it runs. */
async function bringUp(context: Context, intent: IntentRecord): Promise<Recovery | undefined> {
  const { workload } = intent;
  const recovery = await recoverAutoRemoved(context, workload.name, intent);
  if (recovery === undefined || recovery.outcome === 'down') return recovery;
  const { outcome } = recovery;
  await context.bus.emit({ type: 'recovered', cycle: context.cycle, workload, found: 'its settings', outcome });
  return { workload, outcome };
}

/** Where no container is left over, the one that bears the name tells how far the update had come. */
async function recoverUnseen(context: Context, intent: IntentRecord): Promise<Recovery> {
  const { workload, to } = intent;
  const recovery = await recoverAutoRemoved(context, workload.name, intent);
  if (recovery !== undefined) return recovery;
  const details = await existing(context.engine.inspect(workload.name));
  const updated = details !== null && details.Image === to.imageId && details.Id !== workload.id;
  return { workload, outcome: updated ? 'updated' : 'unchanged' };
}

/** The dead run may have moved the tag and made no container yet, so that nothing on the engine tells. */
async function takeTagBack(context: Context, { workload, from, to }: IntentRecord): Promise<void> {
  if (from.imageId === null || to.imageId === null) return;
  await restoreTag(context, parseReference(workload.image), to.imageId, from.imageId).catch((left: unknown) =>
    context.log.warn(problemOf(left).message),
  );
}

const isOwn = ({ id }: ContainerSummary) => id === ownContainerId();

/** Groups what bears a parking name with the workload it belongs to; other scopes are other Belfries' business. */
function leftovers({ settings }: Context, containers: readonly ContainerSummary[]): ReadonlyMap<string, Leftovers> {
  const ours = containers.filter(({ labels }) => containerSettings(labels, settings).scope === settings.scope);
  const found = new Map<string, Leftovers>();
  for (const container of ours) {
    const parking = parked(container.name);
    if (parking === undefined) continue;
    const main = containers.find(({ name }) => name === parking.name);
    const known = found.get(parking.name) ?? (main === undefined ? {} : { main });
    found.set(parking.name, { ...known, [parking.role]: container });
  }
  return found;
}

async function recoverOne(context: Context, name: string, parts: Leftovers): Promise<Recovery | undefined> {
  const any = parts.main ?? parts.old ?? parts.oldStopped ?? parts.new ?? parts.newStopped;
  if (any === undefined) return undefined;
  const workload = { ...workloadOf(any), name };
  try {
    const recovery = { workload, ...(await putInOrder(context, name, parts)) };
    const { outcome } = recovery;
    const recovered = { type: 'recovered', found: combinationOf(parts), outcome } as const;
    if (outcome !== 'down') await context.bus.emit({ ...recovered, cycle: context.cycle, workload });
    return recovery;
  } catch (error) {
    const running = parts.main?.state === 'running';
    return { workload, outcome: running ? 'unchanged' : 'down', problem: problemOf(error) };
  }
}
