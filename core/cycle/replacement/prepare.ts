import { AppError, hasCode, problemOf } from '../../errors/app-error.ts';
import { existing } from '../candidate.ts';
import type { Context } from '../context.ts';
import { nameOf } from '../groups/edges.ts';
import type { Moved } from '../groups/follow.ts';
import type { Member } from '../groups/member.ts';
import { onceEngineAnswers } from './engine-away.ts';
import { makeSuccessor, type Place } from './make-successor.ts';
import { absent, restoreTag } from './put-back.ts';
import { Refused } from './refused.ts';

/**
 * Everything that can be done while the old container runs: point the tag at the pinned image, create the new
 * container under a parking name, prove that no setting was lost, and ask the last gate. Resolves with its id, or
 * throws with all of it undone.
 */
export async function prepare(context: Context, member: Member, place: Place): Promise<string> {
  const { verdicts, signal } = context;
  try {
    const id = await makeSuccessor(context, member, place);
    const refusal = await verdicts.refusal('beforeReplace', member.plan);
    if (refusal !== undefined) throw new Refused(refusal);
    await stillThere(context, member);
    if (signal.aborted) throw new AppError('STOPPED_BY_SIGNAL', 'Belfry was asked to stop');
    return id;
  } catch (error) {
    return takeBack(context, error, () =>
      hasCode(error, 'NAME_TAKEN') ? giveTagBack(context, member) : discard(context, member, place.name),
    );
  }
}

/**
 * Makes the successor under the workload's own name, which the original has just given up: `links` and `volumes_from`
 * lead to whoever bears the provider's name at this moment.
 */
export async function makeInPlace(context: Context, member: Member, moved: Moved): Promise<string> {
  const { name } = member.workload;
  try {
    return await makeSuccessor(context, member, { name, moved });
  } catch (error) {
    return takeBack(context, error, async () => {
      const made = await existing(context.engine.inspect(name));
      const ours = made?.Image === member.pinned.Id && made.State.Status === 'created';
      if (ours && !hasCode(error, 'NAME_TAKEN')) await absent(context.engine.remove(made.Id, { volumes: true }));
    });
  }
}

/** Someone may have renamed or removed it meanwhile: then it is theirs. */
async function stillThere({ engine }: Context, { original, workload }: Member): Promise<void> {
  const { name } = workload;
  const present = await existing(engine.inspect(original.Id));
  if (present === null) throw new AppError('CONTAINER_CHANGED', `someone removed ${name} during its update`);
  if (nameOf(present) === name) return;
  throw new AppError('CONTAINER_CHANGED', `someone renamed ${name} to ${nameOf(present)} during its update`);
}

/** Takes back what `prepare` did. What bears the name now was made for this job, also where its id never arrived. */
export async function discard(context: Context, member: Member, parkingName: string): Promise<void> {
  await giveTagBack(context, member);
  const created = await existing(context.engine.inspect(parkingName));
  if (created !== null) await absent(context.engine.remove(created.Id, { volumes: true }));
}

/** What cannot be undone now is undone by the next recovery; the first error is the one to tell. */
async function takeBack(context: Context, error: unknown, undo: () => Promise<void>): Promise<never> {
  const undone = onceEngineAnswers(context, undo);
  await undone.catch((left: unknown) => context.log.warn(problemOf(left).message));
  throw error;
}

function giveTagBack(context: Context, { reference, pinned, original }: Member): Promise<void> {
  return restoreTag(context, reference, pinned.Id, original.Image);
}
