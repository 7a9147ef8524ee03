import type { ContainerDetails, CreateSpec } from '../engine/port.ts';
import { AppError, hasCode, problemOf } from '../errors/app-error.ts';
import { repositoryName } from '../registry/reference.ts';
import type { Refusal } from '../verdicts.ts';
import { existing } from './candidate.ts';
import type { Context } from './context.ts';
import { nameOf } from './edges.ts';
import { onceEngineAnswers } from './engine-away.ts';
import { besideProviders, type Moved, onSuccessors } from './follow.ts';
import type { Member } from './member.ts';
import { absent, restoreTag } from './put-back.ts';
import { canonical, canonicalDefaults, losses } from './settings/canonical.ts';
import { buildSpec } from './settings/spec.ts';

/** A gate said no at the last moment; nothing was stopped. */
export class Refused extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.reason);
    this.refusal = refusal;
  }
}

interface Place {
  readonly name: string;
  /** The successors of the members before this one. */
  readonly moved: Moved;
}

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
export async function stillThere({ engine }: Context, { original, workload }: Member): Promise<void> {
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

async function makeSuccessor(context: Context, member: Member, { name, moved }: Place): Promise<string> {
  const { pinned, original, current, spec } = member;
  const giveBack = await pointTag(context, member);
  const wanted = onSuccessors(original, moved);
  const source = { original: wanted, inherited: current?.Config ?? null, imageId: pinned.Id };
  const made = spec
    ? besideProviders(spec, original, moved)
    : buildSpec({ ...source, reference: original.Config.Image });
  const id = await create(context, name, made);
  await giveBack();
  prove(member, wanted, await context.engine.inspect(id));
  return id;
}

/** A follower's tag may have moved on, and must only lead to its own image for as long as the create takes. */
async function pointTag({ engine }: Context, { reference, pinned, follows }: Member): Promise<() => Promise<void>> {
  const stay = async () => {};
  if (reference?.tag == null) return stay;
  const repository = repositoryName(reference);
  const tagged = follows ? await existing(engine.inspectImage(`${repository}:${reference.tag}`)) : null;
  if (tagged?.Id === pinned.Id) return stay;
  await engine.tag(pinned.Id, repository, reference.tag);
  const { tag } = reference;
  return tagged === null ? stay : () => engine.tag(tagged.Id, repository, tag);
}

/** A container that has the name already is somebody else's, and never to be taken for the one just made. */
async function create({ engine }: Context, name: string, spec: CreateSpec): Promise<string> {
  try {
    return await engine.create(name, spec);
  } catch (error) {
    if (!hasCode(error, 'ENGINE_CONFLICT')) throw error;
    throw new AppError('NAME_TAKEN', `${name} cannot be created: ${error.message}`, { cause: error });
  }
}

/** The settings proof: the new container must run the pinned image and lack nothing the old one had. */
function prove(member: Member, wanted: ContainerDetails, created: ContainerDetails): void {
  const { pinned, current, workload, spec } = member;
  if (created.Image !== pinned.Id) {
    throw new AppError('CONTAINER_CHANGED', `someone moved the tag ${workload.image} meanwhile`);
  }
  if (spec !== undefined) return; // A rollback brings settings of its own.
  const lost = losses(canonical(wanted), canonical(created), canonicalDefaults(current?.Config ?? null));
  if (lost.length === 0) return;
  throw new AppError('SETTINGS_LOST', `the new container lacks ${lost.map(({ path }) => path).join(', ')}`);
}

function giveTagBack(context: Context, { reference, pinned, original }: Member): Promise<void> {
  return restoreTag(context, reference, pinned.Id, original.Image);
}
