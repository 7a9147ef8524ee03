import type { ContainerSummary } from '../../engine/port.ts';
import { AppError, type Problem, problemOf } from '../../errors/app-error.ts';
import type { Outcome, ReportItem, Workload } from '../../events.ts';
import { type IntentRecord, isFollower } from '../../journal/record.ts';
import { ownContainerId } from '../../self/own-id.ts';
import { existing } from '../candidate.ts';
import type { Context } from '../context.ts';
import { isHard } from '../groups/edges.ts';
import { restartsAfter } from '../groups/gather.ts';
import { components, inOrder, type Needs } from '../groups/graph.ts';
import { openWorld, type World } from '../groups/groups.ts';
import { workloadOf } from '../list.ts';
import { restoreTag, tagOfIntent } from '../replacement/moved-tag.ts';
import { restartAll } from '../replacement/restart.ts';
import {
  ambiguous,
  combinationOf,
  findLeftovers,
  type Interrupted,
  intentOf,
  interrupted,
  type Leftovers,
} from './leftovers.ts';
import { type Ending, putInOrder } from './put-in-order.ts';
import { recoverAutoRemoved } from './recover-auto-removed.ts';
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
  const containers = await context.engine.list();
  const found = findLeftovers(context, containers);
  // To put its own container in order Belfry might have to stop itself; a helper does it.
  const left = new Set([...found].flatMap(([name, parts]) => (Object.values(parts).some(isOwn) ? name : [])));
  const recoveries = await recoverLeftovers(context, { containers, found, left });
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
  const moved = [...recoveries].filter(([, { outcome }]) => outcome === 'updated' || outcome === 'rolled-back');
  await restartDependants(context, new Set(moved.map(([name]) => name)));
  return settle(context, recoveries, reported);
}

async function restartDependants(context: Context, names: ReadonlySet<string>): Promise<void> {
  try {
    await restartAll(context, await restartsAfter(context, names));
  } catch (error) {
    context.log.warn(problemOf(error).message);
  }
}

interface Remains {
  readonly containers: readonly ContainerSummary[];
  readonly found: Together;
  /** The names that are not to be touched here. */
  readonly left: ReadonlySet<string>;
}

async function recoverLeftovers(
  context: Context,
  { containers, found, left }: Remains,
): Promise<Map<string, Recovery>> {
  const recoveries = new Map<string, Recovery>();
  if (found.size === 0) return recoveries;
  const world = await openWorld(context, { containers });
  for (const names of groupsOf(context, found, world)) {
    if (names.some((name) => left.has(name))) continue;
    const together = new Map(names.map((name) => [name, found.get(name) ?? {}]));
    for (const [name, recovery] of await recoverTogether(context, together, world)) recoveries.set(name, recovery);
  }
  return recoveries;
}

type Together = ReadonlyMap<string, Leftovers>;

/** The names of the workloads that were replaced as one, providers first: by their hard edges, or as the journal has it. */
function groupsOf(context: Context, found: Together, { edges }: World): readonly (readonly string[])[] {
  const nameById = new Map(
    [...found].flatMap(([name, parts]) => Object.values(parts).map(({ id }) => [id, name] as const)),
  );
  const needs = new Map<string, string[]>();
  for (const { dependant, provider } of edges.filter(isHard)) {
    const [name, need] = [nameById.get(dependant), nameById.get(provider)];
    if (name !== undefined && need !== undefined) needs.set(name, [...(needs.get(name) ?? []), need]);
  }
  const bonds = [...needs].flatMap(([name, all]) => all.map((need) => [name, need] as const));
  const remembered = [...found.keys()].flatMap((name) =>
    (intentOf(context, name)?.group ?? []).map((other) => [name, other] as const),
  );
  return components(found.keys(), [...bonds, ...remembered]).map((names) => inOrder(names, needs satisfies Needs));
}

async function recoverTogether(
  context: Context,
  together: Together,
  world: World,
): Promise<ReadonlyMap<string, Recovery>> {
  const recoveries = new Map<string, Recovery>();
  try {
    const endings = await endingsOf(context, together, world);
    for (const [name, parts] of together) {
      const recovery = {
        workload: workloadIn(name, parts),
        ...(endings.get(name) ?? { outcome: 'unchanged' as const }),
      };
      recoveries.set(name, recovery);
      const { workload, outcome } = recovery;
      const recovered = { type: 'recovered', cycle: context.cycle, workload, found: combinationOf(parts) } as const;
      const intent = intentOf(context, name);
      const change = intent === undefined || isFollower(intent) ? {} : { from: intent.from, to: intent.to };
      if (outcome !== 'down') await context.bus.emit({ ...recovered, ...change, outcome });
    }
  } catch (error) {
    for (const [name, parts] of together) {
      const outcome = parts.main?.state === 'running' ? 'unchanged' : 'down';
      recoveries.set(name, { workload: workloadIn(name, parts), outcome, problem: problemOf(error) });
    }
  }
  return recoveries;
}

async function endingsOf(context: Context, together: Together, world: World): Promise<ReadonlyMap<string, Ending>> {
  const pairs: Interrupted[] = [];
  for (const [name, parts] of together) {
    if (combinationOf(parts) === 'new') return new Map([[name, await finishAutoRemoved(context, name, parts)]]);
    pairs.push(await interrupted(context, name, parts));
  }
  const endings = await putInOrder(context, pairs, world);
  if (endings !== undefined) return endings;
  const [[name, parts] = ['', {}]] = together;
  return new Map([[name, await finishAutoRemoved(context, name, parts)]]);
}

/** Only the engine itself removes an original that early: with `--rm`, as it stops. */
async function finishAutoRemoved(context: Context, name: string, parts: Leftovers): Promise<Ending> {
  const successor = await context.engine.inspect(parts.new?.id ?? name);
  if (!successor.HostConfig.AutoRemove) throw ambiguous(name, parts);
  const recovery = await recoverAutoRemoved(context, name, intentOf(context, name));
  return recovery ?? { outcome: 'unchanged' };
}

function workloadIn(name: string, parts: Leftovers): Workload {
  const any = parts.main ?? parts.old ?? parts.oldStopped ?? parts.new ?? parts.newStopped;
  if (any === undefined) throw new AppError('UNEXPECTED', `${name} was found without a container`);
  return { ...workloadOf(any), name };
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
async function takeTagBack(context: Context, intent: IntentRecord): Promise<void> {
  const { imageId } = intent.to;
  if (imageId === null) return;
  await restoreTag(context, tagOfIntent(intent), imageId).catch((left: unknown) =>
    context.log.warn(problemOf(left).message),
  );
}

const isOwn = ({ id }: ContainerSummary) => id === ownContainerId();
