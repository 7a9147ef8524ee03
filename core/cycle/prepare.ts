import type { ContainerDetails, CreateSpec } from '../engine/port.ts';
import { AppError, hasCode, problemOf } from '../errors/app-error.ts';
import { repositoryName } from '../registry/reference.ts';
import type { Refusal } from '../verdicts.ts';
import { existing } from './candidate.ts';
import type { Context } from './context.ts';
import { nameOf } from './edges.ts';
import { onceEngineAnswers } from './engine-away.ts';
import type { Pulled } from './pull.ts';
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

/**
 * Everything that can be done while the old container runs: point the tag at the pinned image, create the new
 * container under a parking name, prove that no setting was lost, and ask the last gate. Throws with all of it undone.
 */
export async function prepare(context: Context, job: Pulled, parkingName: string): Promise<ContainerDetails> {
  const { engine, verdicts, signal } = context;
  const { reference, pinned, original, current } = job;
  try {
    if (reference.tag !== null) await engine.tag(pinned.Id, repositoryName(reference), reference.tag);
    const inherited = current?.Config ?? null;
    const spec = job.spec ?? buildSpec({ original, inherited, reference: original.Config.Image, imageId: pinned.Id });
    const id = await create(context, parkingName, spec);
    const created = await engine.inspect(id);
    prove(job, created);
    const refusal = await verdicts.refusal('beforeReplace', job.plan);
    if (refusal !== undefined) throw new Refused(refusal);
    await stillThere(context, job);
    if (signal.aborted) throw new AppError('STOPPED_BY_SIGNAL', 'Belfry was asked to stop');
    return created;
  } catch (error) {
    // What cannot be undone now is undone by the next recovery; the first error is the one to tell.
    const undo = () => (hasCode(error, 'NAME_TAKEN') ? giveTagBack(context, job) : discard(context, job, parkingName));
    const undone = onceEngineAnswers(context, undo);
    await undone.catch((left: unknown) => context.log.warn(problemOf(left).message));
    throw error;
  }
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
function prove({ pinned, original, current, workload, spec }: Pulled, created: ContainerDetails): void {
  if (created.Image !== pinned.Id) {
    throw new AppError('CONTAINER_CHANGED', `someone moved the tag ${workload.image} meanwhile`);
  }
  if (spec !== undefined) return; // A rollback brings settings of its own.
  const lost = losses(canonical(original), canonical(created), canonicalDefaults(current?.Config ?? null));
  if (lost.length === 0) return;
  throw new AppError('SETTINGS_LOST', `the new container lacks ${lost.map(({ path }) => path).join(', ')}`);
}

/** Gates may take their time: what somebody renamed or removed meanwhile is theirs. */
async function stillThere({ engine }: Context, { original, workload }: Pulled): Promise<void> {
  const { name } = workload;
  const present = await existing(engine.inspect(original.Id));
  if (present === null) throw new AppError('CONTAINER_CHANGED', `someone removed ${name} during its update`);
  if (nameOf(present) === name) return;
  throw new AppError('CONTAINER_CHANGED', `someone renamed ${name} to ${nameOf(present)} during its update`);
}

/** Takes back what `prepare` did. What bears the name now was made for this job, also where its id never arrived. */
export async function discard(context: Context, job: Pulled, parkingName: string): Promise<void> {
  await giveTagBack(context, job);
  const created = await existing(context.engine.inspect(parkingName));
  if (created !== null) await absent(context.engine.remove(created.Id, { volumes: true }));
}

function giveTagBack(context: Context, { reference, pinned, original }: Pulled): Promise<void> {
  return restoreTag(context, reference, pinned.Id, original.Image);
}
