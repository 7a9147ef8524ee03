import { containerSettings } from '../config/container.ts';
import type { ContainerDetails, ContainerSummary } from '../engine/port.ts';
import { AppError, problemOf } from '../errors/app-error.ts';
import type { IntentRecord } from '../journal/record.ts';
import { parseReference } from '../registry/reference.ts';
import type { Context } from './context.ts';
import { type Role, suffixes } from './names.ts';
import { outlastStop } from './outlast-stop.ts';
import { absent, type Displaced, putBack } from './put-back.ts';
import type { Recovery } from './recover.ts';
import { recoverAutoRemoved } from './recover-auto-removed.ts';
import { stopOptions } from './strategy.ts';
import { planFor, verify } from './verify.ts';

/** The containers of one workload that an interrupted replacement left: `main` bears its name, the others park. */
export type Leftovers = { readonly [Part in Role | 'main']?: ContainerSummary };

type Ending = Omit<Recovery, 'workload'>;
type Step = (context: Context, name: string, parts: Leftovers) => Promise<Ending>;

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

/** Does what the table says of the containers that were found. Throws RECOVERY_AMBIGUOUS where it says nothing. */
export async function putInOrder(context: Context, name: string, parts: Leftovers): Promise<Ending> {
  const step = table[combinationOf(parts)];
  if (step === undefined) throw ambiguous(name, parts);
  return step(context, name, parts);
}

/** `main + new` */
export const combinationOf = (parts: Leftovers): string => Object.keys(parts).toSorted().join(' + ');

async function originalInCharge(context: Context, name: string, parts: Leftovers): Promise<Ending> {
  const isStopped = parts.newStopped !== undefined;
  const original = await context.engine.inspect(idOf(parts.main ?? parts.old ?? parts.oldStopped));
  const successor = await context.engine.inspect(idOf(parts.new ?? parts.newStopped));
  const displaced = displacedBy(context, name, { parts, original, successor });
  // Before it is parked, the dead run may have asked it to stop; with `--rm` it is gone then.
  const left = parts.main === undefined ? original : await outlastStop(context, original.Id, displaced.stop);
  if (left === null) return finishAutoRemoved(context, name, parts);
  return putBack(context, {
    ...displaced,
    parking: isStopped ? suffixes.newStopped : suffixes.new,
    wasRunning: !isStopped,
  });
}

async function successorInCharge(context: Context, name: string, parts: Leftovers): Promise<Ending> {
  const { engine } = context;
  const successor = await engine.inspect(idOf(parts.main));
  const original = await engine.inspect(idOf(parts.old));
  const displaced = displacedBy(context, name, { parts, original, successor });
  try {
    await absent(engine.setRestartPolicy(original.Id, { Name: 'no', MaximumRetryCount: 0 }));
    // An engine that was restarted meanwhile has brought it up again.
    if (original.State.Running) await absent(engine.stop(original.Id, displaced.stop));
    if (!successor.State.Running) await engine.start(successor.Id);
    await verify(context, planFor(context, successor));
  } catch (error) {
    return { problem: problemOf(error), ...(await putBack(context, displaced)) };
  }
  await absent(engine.remove(original.Id, { volumes: false }));
  return { outcome: 'updated' };
}

interface Pair {
  readonly parts: Leftovers;
  readonly original: ContainerDetails;
  readonly successor: ContainerDetails;
}

/** Someone else's container beside one of ours is told by its image: a successor is made from the same reference. */
function displacedBy(context: Context, name: string, { parts, original, successor }: Pair): Displaced {
  const { Image, Labels } = original.Config;
  if (Image !== successor.Config.Image) throw ambiguous(name, parts);
  const settings = containerSettings(Labels ?? {}, context.settings);
  return {
    name,
    originalId: original.Id,
    replacementId: successor.Id,
    parking: suffixes.new,
    reference: parseReference(Image),
    policy: successor.HostConfig.RestartPolicy,
    wasRunning: true,
    wasHealthy: false,
    stop: stopOptions(context, { settings, original }),
  };
}

/**
 * Its successor is gone, and with it the restart policy, unless the journal has it. The name comes last: as long as it
 * cannot start, the parking name tells every later recovery to try again.
 */
async function renameBack(context: Context, name: string, parts: Leftovers): Promise<Ending> {
  const { engine, journal } = context;
  const id = idOf(parts.old ?? parts.oldStopped);
  const intent = intentOf(context, name);
  const snapshot = intent === undefined ? undefined : await journal.loadSnapshot(intent.snapshot);
  const policy = snapshot?.spec.hostConfig.RestartPolicy;
  if (policy !== undefined) await engine.setRestartPolicy(id, policy);
  if (parts.old !== undefined) await engine.start(id);
  await engine.rename(id, name);
  return { outcome: 'rolled-back' };
}

/** The settings proof came before the first rename, and there is nothing to run. */
async function commitStopped({ engine }: Context, _: string, parts: Leftovers): Promise<Ending> {
  await absent(engine.remove(idOf(parts.oldStopped), { volumes: false }));
  return { outcome: 'updated' };
}

/** Only the engine itself removes an original that early: with `--rm`, as it stops. */
async function finishAutoRemoved(context: Context, name: string, parts: Leftovers): Promise<Ending> {
  const successor = await context.engine.inspect(idOf(parts.new));
  if (!successor.HostConfig.AutoRemove) throw ambiguous(name, parts);
  const intent = intentOf(context, name);
  const recovery = await recoverAutoRemoved(context, name, intent);
  return recovery ?? { outcome: 'unchanged' };
}

/** What the journal knows of the update that left a workload like this. */
function intentOf({ journal }: Context, name: string): IntentRecord | undefined {
  const { downIntents, openIntents } = journal.memory;
  return [...downIntents(), ...openIntents()].findLast(({ workload }) => workload.name === name);
}

function idOf(container: ContainerSummary | undefined): string {
  if (container === undefined)
    throw new AppError('UNEXPECTED', 'the recovery table names a container that is not there');
  return container.id;
}

function ambiguous(name: string, parts: Leftovers): AppError {
  const names = Object.values(parts).map((container) => container.name);
  const message = `${name}: no interrupted update leaves just ${names.toSorted().join(', ')}`;
  return new AppError('RECOVERY_AMBIGUOUS', message);
}
