import { AppError, hasCode, problemOf } from '../../errors/app-error.ts';
import { existing } from '../candidate.ts';
import type { Context } from '../context.ts';
import { nameOf } from '../groups/edges.ts';
import type { Member } from '../groups/member.ts';
import { onceEngineAnswers } from './engine-away.ts';
import { type Attempt, makeSuccessor, type Place } from './make-successor.ts';
import { restoreTag } from './moved-tag.ts';
import { absent } from './put-back.ts';
import { Refused } from './refused.ts';

/**
 * Everything that can be done while the old container runs: point the tag at the pinned image, create the new
 * container under a parking name, prove that no setting was lost, and ask the last gate. Resolves with its id, or
 * throws with all of it undone.
 */
export async function prepare(context: Context, member: Member, place: Place): Promise<string> {
  const { verdicts, signal } = context;
  return orTakeBack(context, member, place, async (attempt) => {
    const id = await makeSuccessor(context, member, { ...place, attempt });
    const refusal = await verdicts.refusal('beforeReplace', member.plan, signal);
    if (signal.aborted) throw new AppError('STOPPED_BY_SIGNAL', 'Belfry was asked to stop');
    if (refusal !== undefined) throw new Refused(refusal);
    await stillThere(context, member);
    return id;
  });
}

/**
 * Makes a successor again now that its provider's new container bears the name: `links` and `volumes_from` lead to
 * whoever bears it at this moment, and a shared namespace to the very container.
 */
export async function makeAnew(context: Context, member: Member, place: Place): Promise<string> {
  return orTakeBack(context, member, place, (attempt) => makeSuccessor(context, member, { ...place, attempt }));
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
async function orTakeBack(
  context: Context,
  member: Member,
  { name }: Place,
  work: (attempt: Attempt) => Promise<string>,
): Promise<string> {
  const attempt = { asked: false };
  try {
    return await work(attempt);
  } catch (error) {
    const isOurs = attempt.asked && !hasCode(error, 'NAME_TAKEN');
    const undone = onceEngineAnswers(context, () =>
      isOurs ? discard(context, member, name) : giveTagBack(context, member),
    );
    await undone.catch((left: unknown) => context.log.warn(problemOf(left).message));
    throw error;
  }
}

function giveTagBack(context: Context, { tag, pinned }: Member): Promise<void> {
  return restoreTag(context, tag, pinned.Id);
}
