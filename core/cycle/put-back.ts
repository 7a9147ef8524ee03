import type { ContainerDetails, RestartPolicy, StopOptions } from '../engine/port.ts';
import { healthcheckTerms, workloadState } from '../engine/state.ts';
import { AppError, hasCode, type Problem, problemOf } from '../errors/app-error.ts';
import type { Reference } from '../registry/port.ts';
import { repositoryName } from '../registry/reference.ts';
import { existing } from './candidate.ts';
import type { Context } from './context.ts';
import { nameOf } from './edges.ts';

/** An original and the container that was to take its place, in whatever state a failure or a crash left them. */
export interface Displaced {
  readonly name: string;
  readonly originalId: string;
  /** Found by its parking name where its id never arrived. */
  readonly replacementId: string | undefined;
  /** The suffix of the replacement's parking name. */
  readonly parking: string;
  readonly reference: Reference;
  /** Where it is not known, the replacement's own copy counts. */
  readonly policy: RestartPolicy | undefined;
  /** Whether the original was running and must run again, and was known to be healthy. */
  readonly wasRunning: boolean;
  readonly wasHealthy: boolean;
  readonly stop: StopOptions;
}

export interface PutBack {
  /** `unchanged`: the original was never stopped. */
  readonly outcome: 'unchanged' | 'rolled-back' | 'down';
  readonly problem?: Problem;
}

/**
 * Puts the original container itself back in charge and proves it. Every step looks at what is there first, so that
 * it can be repeated after a crash at any point; the restart policy is restored before its other copy is removed, and
 * the replacement is removed last, only when the original answers again.
 */
export async function putBack(context: Context, displaced: Displaced): Promise<PutBack> {
  const { engine } = context;
  const { name, originalId } = displaced;
  const replacement = await existing(engine.inspect(displaced.replacementId ?? name + displaced.parking));
  const original = await existing(engine.inspect(originalId));
  if (original === null) return gone(context, displaced, replacement);

  if (replacement !== null) await stepAside(context, displaced, replacement);
  const touched = nameOf(original) !== name || (displaced.wasRunning && !original.State.Running);
  try {
    if (nameOf(original) !== name) await engine.rename(originalId, name);
  } catch (error) {
    if (!hasCode(error, 'ENGINE_CONFLICT')) throw error;
    return { outcome: 'down', problem: taken(name, original) };
  }
  const policy = displaced.policy ?? replacement?.HostConfig.RestartPolicy;
  if (policy !== undefined && policy.Name !== original.HostConfig.RestartPolicy?.Name) {
    await engine.setRestartPolicy(originalId, { ...policy, Name: policy.Name || 'no' });
  }
  const problem = displaced.wasRunning ? await startAgain(context, displaced, original) : undefined;
  if (replacement !== null) await restoreTag(context, displaced.reference, replacement.Image, original.Image);
  // While the original is down, the replacement by its side tells every later recovery to try again.
  if (problem !== undefined) return { outcome: 'down', problem };
  if (replacement !== null) await absent(engine.remove(replacement.Id, { volumes: true }));
  return { outcome: touched ? 'rolled-back' : 'unchanged' };
}

/**
 * Points the tag back at the original's image, unless someone else has moved it meanwhile. A clean-up of theirs may
 * have taken it away, which it could only because it was moved.
 */
export async function restoreTag(
  { engine }: Context,
  reference: Reference,
  pinnedId: string,
  originalId: string,
): Promise<void> {
  if (pinnedId === originalId || reference.tag === null) return;
  const repository = repositoryName(reference);
  const tagged = await existing(engine.inspectImage(`${repository}:${reference.tag}`));
  if (tagged === null || tagged.Id === pinnedId) await existing(engine.tag(originalId, repository, reference.tag));
}

async function stepAside(
  { engine }: Context,
  { name, stop, parking }: Displaced,
  replacement: ContainerDetails,
): Promise<void> {
  const { Id, State } = replacement;
  if (State.Running || State.Restarting) await absent(engine.stop(Id, stop));
  if (nameOf(replacement) === name) await absent(engine.rename(Id, name + parking));
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
  const terms = healthcheckTerms(before.Config.Healthcheck);
  const patience = terms === null ? 0 : terms.startPeriod + (terms.retries + 1) * (terms.interval + terms.timeout);
  const until = context.now().getTime() + patience + 5_000;
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

function taken(name: string, original: ContainerDetails): Problem {
  const message = `another container has taken the name ${name}; the original is ${nameOf(original)}`;
  return problemOf(new AppError('CONTAINER_CHANGED', message));
}

/** Someone removed the original meanwhile: their word counts, and only what was never in charge goes too. */
async function gone({ engine }: Context, { name }: Displaced, replacement: ContainerDetails | null): Promise<PutBack> {
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
