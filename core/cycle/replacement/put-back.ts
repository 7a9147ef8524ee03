import type { ContainerDetails, RestartPolicy, StopOptions } from '../../engine/port.ts';
import { longestVerdict, workloadState } from '../../engine/state.ts';
import { AppError, hasCode, type Problem, problemOf } from '../../errors/app-error.ts';
import { existing } from '../candidate.ts';
import type { Context } from '../context.ts';
import { nameOf } from '../groups/edges.ts';
import { isAway } from './engine-away.ts';
import { type MovedTag, restoreTag } from './moved-tag.ts';

/** An original and the container that was to take its place, in whatever state a failure or a crash left them. */
export interface Displaced {
  readonly name: string;
  readonly originalId: string;
  /** Found by its parking name where its id never arrived. */
  readonly replacementId: string | undefined;
  /** The names that the replacement and the original park under. */
  readonly parking: { readonly new: string; readonly old: string };
  readonly tag: MovedTag | null;
  /** Where it is not known, the replacement's own copy counts. */
  readonly policy: RestartPolicy | undefined;
  /** Whether the original was running and must run again, and was known to be healthy. */
  readonly wasRunning: boolean;
  readonly wasHealthy: boolean;
  readonly stop: StopOptions;
  /** The ids of the originals whose namespaces this one shares. */
  readonly lenders: readonly string[];
}

export interface PutBack {
  /** `unchanged`: the original was never stopped. */
  readonly outcome: 'unchanged' | 'rolled-back' | 'down';
  readonly problem?: Problem;
}

/**
 * Puts original containers themselves back in charge and proves it; providers come first. Every step looks at what is
 * there first, so that it can be repeated after a crash at any point; a restart policy is restored before its other
 * copy is removed, and the replacements are removed last, each only when its original answers again.
 */
export async function putBack(
  context: Context,
  displaced: readonly Displaced[],
  disturbed: Set<string> = new Set(),
): Promise<ReadonlyMap<string, PutBack>> {
  const { engine } = context;
  const replacements = new Map<Displaced, ContainerDetails>();
  const results = new Map<string, PutBack>();
  for (const one of displaced) {
    const replacement = await existing(engine.inspect(one.replacementId ?? one.parking.new));
    if (replacement !== null) replacements.set(one, replacement);
  }
  for (const one of displaced.toReversed()) {
    const result = await makeWay(context, one, replacements.get(one));
    if (result !== undefined) results.set(one.originalId, result);
  }
  for (const one of displaced) {
    if (results.has(one.originalId)) continue;
    results.set(one.originalId, await restore(context, one, { replacement: replacements.get(one), disturbed }));
  }
  for (const one of displaced.toReversed()) {
    // While an original is down, the replacement by its side tells every later recovery to try again.
    const replacement = results.get(one.originalId)?.problem === undefined ? replacements.get(one) : undefined;
    if (replacement !== undefined) await removeStopped(context, one, replacement.Id);
  }
  return results;
}

/** What ends the matter before anything is restored: nothing to restore, or no way to. */
async function makeWay(
  context: Context,
  one: Displaced,
  replacement: ContainerDetails | undefined,
): Promise<PutBack | undefined> {
  try {
    // Where the original is gone, its successor is all there is, and stays as it is.
    if ((await existing(context.engine.inspect(one.originalId))) === null) return await gone(context, one, replacement);
    if (replacement !== undefined) await stepAside(context, one, replacement);
    await leaveNamespaces(context, one);
    return undefined;
  } catch (error) {
    if (isAway(error)) throw error;
    return { outcome: 'down', problem: problemOf(error) };
  }
}

async function stepAside(
  { engine }: Context,
  { name, stop, parking }: Displaced,
  replacement: ContainerDetails,
): Promise<void> {
  const { Id, State } = replacement;
  if (State.Running || State.Restarting) await absent(engine.stop(Id, stop));
  if (nameOf(replacement) === name) await absent(engine.rename(Id, parking.new));
}

/**
 * Podman shows nothing of a start that the policy is about to make, and refuses to remove what runs again: one that
 * dies at once may need to be caught more than once. What escapes is found by its name at the next recovery.
 */
async function removeStopped({ engine, sleep }: Context, { stop }: Displaced, id: string): Promise<void> {
  for (const pause of [0, 100, 200, 400, 800, 1600]) {
    await sleep(pause);
    try {
      return await engine.remove(id, { volumes: true });
    } catch (error) {
      if (hasCode(error, 'ENGINE_NOT_FOUND')) return;
      if (!hasCode(error, 'ENGINE_CONFLICT')) throw error;
      await absent(engine.stop(id, stop));
    }
  }
}

/** An original that runs on while its provider was stopped has lost the namespace, and must be started after it. */
async function leaveNamespaces({ engine }: Context, { originalId, lenders, stop }: Displaced): Promise<void> {
  if (lenders.length === 0) return;
  const original = await existing(engine.inspect(originalId));
  if (original?.State.Running !== true) return;
  for (const id of lenders) {
    const lender = await existing(engine.inspect(id));
    if (lender?.State.Running === false) return absent(engine.stop(originalId, stop));
  }
}

interface Restoring {
  readonly replacement: ContainerDetails | undefined;
  readonly disturbed: Set<string>;
}

async function restore(
  context: Context,
  displaced: Displaced,
  { replacement, disturbed }: Restoring,
): Promise<PutBack> {
  const { engine } = context;
  const { originalId, wasRunning, tag } = displaced;
  try {
    const original = await existing(engine.inspect(originalId));
    if (original === null) return await gone(context, displaced, replacement);
    const isParked = nameOf(original) === displaced.parking.old;
    if (isParked || (wasRunning && !original.State.Running)) disturbed.add(originalId);
    // Nothing else is left to tell that it is down, so the parking name stays until it runs.
    if (isParked && replacement !== undefined) await engine.rename(originalId, displaced.name);
    const policy = displaced.policy ?? replacement?.HostConfig.RestartPolicy;
    if (policy !== undefined && policy.Name !== original.HostConfig.RestartPolicy?.Name) {
      await engine.setRestartPolicy(originalId, { ...policy, Name: policy.Name || 'no' });
    }
    const problem = wasRunning ? await startAgain(context, displaced, original) : undefined;
    if (replacement !== undefined) await restoreTag(context, tag, replacement.Image);
    if (problem !== undefined) return { outcome: 'down', problem };
    if (isParked && replacement === undefined) await engine.rename(originalId, displaced.name);
    return { outcome: disturbed.has(originalId) ? 'rolled-back' : 'unchanged' };
  } catch (error) {
    if (isAway(error)) throw error;
    const problem = hasCode(error, 'ENGINE_CONFLICT') ? taken(displaced) : problemOf(error);
    return { outcome: 'down', problem };
  }
}

const pauses = [0, 500, 1000, 2000, 4000];

/** Starts the original and waits until it is as well as it was; a port that someone holds may come free. */
async function startAgain(
  context: Context,
  displaced: Displaced,
  original: ContainerDetails,
): Promise<Problem | undefined> {
  if (original.State.Running && !original.State.Restarting) return undefined;
  let last: unknown;
  for (const pause of pauses) {
    await context.sleep(pause);
    try {
      await context.engine.start(displaced.originalId);
      return await answersAgain(context, displaced, original);
    } catch (error) {
      last = error;
    }
  }
  return rollbackFailed(problemOf(last).message);
}

async function answersAgain(
  context: Context,
  displaced: Displaced,
  before: ContainerDetails,
): Promise<Problem | undefined> {
  const until = context.now().getTime() + longestVerdict(before.Config.Healthcheck) + 5_000;
  for (;;) {
    const details = await context.engine.inspect(displaced.originalId);
    const { running, restarting, health, exitCode } = workloadState(details);
    if (!running || restarting) return rollbackFailed(`it exited again with code ${exitCode}`);
    if (details.Image !== before.Image || networks(details) !== networks(before)) {
      return rollbackFailed('it came back with another image or other networks');
    }
    if (!displaced.wasHealthy || health === 'healthy') return undefined;
    if (health === 'unhealthy' || context.now().getTime() > until) return rollbackFailed('it is not healthy again');
    await context.sleep(250);
  }
}

function networks({ NetworkSettings }: ContainerDetails): string {
  return Object.keys(NetworkSettings.Networks ?? {})
    .toSorted()
    .join();
}

function rollbackFailed(message: string): Problem {
  return problemOf(new AppError('ROLLBACK_FAILED', `the original does not run: ${message}`));
}

function taken({ name, parking }: Displaced): Problem {
  const message = `another container has taken the name ${name}; the original is ${parking.old}`;
  return problemOf(new AppError('CONTAINER_CHANGED', message));
}

/** Someone removed the original meanwhile: their word counts, and only what was never in charge goes too. */
async function gone(
  { engine }: Context,
  { name }: Displaced,
  replacement: ContainerDetails | undefined,
): Promise<PutBack> {
  const neverInCharge = replacement?.State.Status === 'created' && nameOf(replacement) !== name;
  if (neverInCharge) await absent(engine.remove(replacement.Id, { volumes: false }));
  const message = `someone removed ${name} during its update`;
  return { outcome: 'unchanged', problem: problemOf(new AppError('CONTAINER_CHANGED', message)) };
}

/** For calls whose aim is reached when the container is gone or busy going. */
export async function absent(asked: Promise<unknown>): Promise<void> {
  try {
    await asked;
  } catch (error) {
    if (!hasCode(error, 'ENGINE_NOT_FOUND', 'ENGINE_CONFLICT')) throw error;
  }
}
