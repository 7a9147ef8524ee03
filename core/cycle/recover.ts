import { containerSettings } from '../config/container.ts';
import type { ContainerSummary } from '../engine/port.ts';
import { AppError, type Problem, problemOf } from '../errors/app-error.ts';
import type { Outcome, ReportItem, Workload } from '../events.ts';
import type { IntentRecord } from '../journal/record.ts';
import { parseReference } from '../registry/reference.ts';
import { existing } from './candidate.ts';
import type { Context } from './context.ts';
import { workloadOf } from './list.ts';
import { parked, type Role, suffixes } from './names.ts';
import { absent, putBack, restoreTag } from './put-back.ts';
import { recoverAutoRemoved } from './recover-auto-removed.ts';
import { settle } from './settle.ts';
import { planFor, verify } from './verify.ts';

/** The containers of one workload that an interrupted replacement left: `main` bears its name, the others park. */
export type Leftovers = { readonly [Part in Role | 'main']?: ContainerSummary };

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
  const recoveries = new Map<string, Recovery>();
  for (const [name, parts] of found) {
    const recovery = await recoverOne(context, name, parts);
    if (recovery !== undefined) recoveries.set(name, recovery);
  }
  for (const intent of context.journal.memory.openIntents()) {
    const { name } = intent.workload;
    const recovery = recoveries.get(name) ?? (await recoverUnseen(context, intent));
    recoveries.set(name, recovery);
    if (recovery.outcome !== 'updated') await takeTagBack(context, intent);
  }
  return settle(context, recoveries, reported);
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
  await restoreTag(context, parseReference(workload.image), to.imageId, from.imageId);
}

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

type Step = (context: Context, name: string, parts: Leftovers) => Promise<Omit<Recovery, 'workload'>>;

/** The recovery table: which containers there are, and what it means. Anything else is somebody else's doing. */
const table: Readonly<Record<string, Step>> = {
  'main + new': originalInCharge,
  'new + old': originalInCharge,
  'main + old': successorInCharge,
  old: renameBack,
  new: finishAutoRemoved,
  'main + newStopped': originalInCharge,
  'newStopped + oldStopped': originalInCharge,
  'main + oldStopped': commitStopped,
  oldStopped: renameBack,
};

async function recoverOne(context: Context, name: string, parts: Leftovers): Promise<Recovery | undefined> {
  const found = Object.keys(parts).toSorted().join(' + ');
  const any = parts.main ?? parts.old ?? parts.oldStopped ?? parts.new ?? parts.newStopped;
  if (any === undefined) return undefined;
  const workload = { ...workloadOf(any), name };
  const step = table[found];
  try {
    if (step === undefined) throw ambiguous(name, parts);
    const recovery = { workload, ...(await step(context, name, parts)) };
    const event = { type: 'recovered', cycle: context.cycle, workload, found, outcome: recovery.outcome } as const;
    if (recovery.outcome !== 'down') await context.bus.emit(event);
    return recovery;
  } catch (error) {
    const running = parts.main?.state === 'running';
    return { workload, outcome: running ? 'unchanged' : 'down', problem: problemOf(error) };
  }
}

/** Someone else's container beside one of ours is told by its image: a successor is made from the same reference. */
async function originalInCharge(context: Context, name: string, parts: Leftovers): Promise<Omit<Recovery, 'workload'>> {
  const { engine } = context;
  const isStopped = parts.newStopped !== undefined;
  const original = await engine.inspect(idOf(parts.main ?? parts.old ?? parts.oldStopped));
  const successor = await engine.inspect(idOf(parts.new ?? parts.newStopped));
  if (original.Config.Image !== successor.Config.Image) throw ambiguous(name, parts);
  return putBack(context, {
    name,
    originalId: original.Id,
    replacementId: successor.Id,
    parking: isStopped ? suffixes.newStopped : suffixes.new,
    reference: parseReference(original.Config.Image),
    policy: successor.HostConfig.RestartPolicy,
    wasRunning: !isStopped,
    wasHealthy: false,
    stop: { signal: null, graceSeconds: null },
  });
}

async function successorInCharge(
  context: Context,
  name: string,
  parts: Leftovers,
): Promise<Omit<Recovery, 'workload'>> {
  const { engine } = context;
  const successor = await engine.inspect(idOf(parts.main));
  const original = await engine.inspect(idOf(parts.old));
  if (original.Config.Image !== successor.Config.Image) throw ambiguous(name, parts);
  try {
    if (!successor.State.Running) await engine.start(successor.Id);
    await engine.setRestartPolicy(original.Id, { Name: 'no', MaximumRetryCount: 0 });
    await verify(context, planFor(context, successor));
  } catch (error) {
    const back = await putBack(context, {
      name,
      originalId: original.Id,
      replacementId: successor.Id,
      parking: suffixes.new,
      reference: parseReference(original.Config.Image),
      policy: successor.HostConfig.RestartPolicy,
      wasRunning: true,
      wasHealthy: false,
      stop: { signal: null, graceSeconds: null },
    });
    return { problem: problemOf(error), ...back };
  }
  await absent(engine.remove(original.Id, { volumes: false }));
  return { outcome: 'updated' };
}

/** Its successor is gone, and with it the restart policy, unless the journal has it. */
async function renameBack(context: Context, name: string, parts: Leftovers): Promise<Omit<Recovery, 'workload'>> {
  const { engine, journal } = context;
  const id = idOf(parts.old ?? parts.oldStopped);
  await engine.rename(id, name);
  const intent = journal.memory.openIntents().findLast(({ workload }) => workload.name === name);
  const snapshot = intent === undefined ? undefined : await journal.loadSnapshot(intent.snapshot);
  const policy = snapshot?.spec.hostConfig.RestartPolicy;
  if (policy !== undefined) await engine.setRestartPolicy(id, policy);
  if (parts.old !== undefined) await engine.start(id);
  return { outcome: 'rolled-back' };
}

/** The settings proof came before the first rename, and there is nothing to run. */
async function commitStopped({ engine }: Context, _: string, parts: Leftovers): Promise<Omit<Recovery, 'workload'>> {
  await absent(engine.remove(idOf(parts.oldStopped), { volumes: false }));
  return { outcome: 'updated' };
}

/** Only the engine itself removes an original that early: with `--rm`, as it stops. */
async function finishAutoRemoved(
  context: Context,
  name: string,
  parts: Leftovers,
): Promise<Omit<Recovery, 'workload'>> {
  const successor = await context.engine.inspect(idOf(parts.new));
  if (!successor.HostConfig.AutoRemove) throw ambiguous(name, parts);
  const intent = context.journal.memory.openIntents().findLast(({ workload }) => workload.name === name);
  const recovery = await recoverAutoRemoved(context, name, intent);
  return recovery ?? { outcome: 'unchanged' };
}

function idOf(container: ContainerSummary | undefined): string {
  if (container === undefined)
    throw new AppError('UNEXPECTED', 'the recovery table names a container that is not there');
  return container.id;
}

function ambiguous(name: string, parts: Leftovers): AppError {
  const names = Object.values(parts).map((container) => container.name);
  return new AppError(
    'RECOVERY_AMBIGUOUS',
    `${name}: no interrupted update leaves just ${names.toSorted().join(', ')}`,
  );
}
