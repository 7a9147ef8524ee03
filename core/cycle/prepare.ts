import type { ContainerDetails, CreateSpec, EngineInfo } from '../engine/port.ts';
import { AppError, hasCode, problemOf } from '../errors/app-error.ts';
import type { Code } from '../errors/catalogue.ts';
import { repositoryName } from '../registry/reference.ts';
import { existing } from './candidate.ts';
import type { Context } from './context.ts';
import { nameOf } from './edges.ts';
import { onceEngineAnswers } from './engine-away.ts';
import type { Pulled } from './pull.ts';
import { absent, restoreTag } from './put-back.ts';
import { carryFiles, copiedFiles } from './settings/copied-files.ts';
import { lostSettings } from './settings/proof.ts';
import { buildSpec } from './settings/spec.ts';
import { unspoken, unsupported } from './settings/unsupported.ts';

interface Refusal {
  readonly by: string;
  readonly code: Code;
  readonly reason: string;
  readonly until?: string;
}

/** Something spoke against it at the last moment; nothing was stopped. */
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
  const { reference, pinned } = job;
  try {
    if (reference.tag !== null) await engine.tag(pinned.Id, repositoryName(reference), reference.tag);
    const info = await engine.info();
    const spec = job.spec ?? specOf(context, job, info);
    const id = await create(context, parkingName, spec);
    const created = await engine.inspect(id);
    prove(job, created, info);
    await carryCopied(context, job, created);
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

function specOf({ log }: Context, { original, current, pinned, workload }: Pulled, engine: EngineInfo): CreateSpec {
  const beyond = unspoken(original, engine.apiVersion);
  if (beyond.length > 0) {
    const reason = `API ${engine.apiVersion}, which is spoken here, cannot state ${beyond.join(', ')}`;
    throw new Refused({ by: 'core', code: 'SETTING_NOT_CARRIED', reason });
  }
  const limits = unsupported(original, engine);
  if (limits.length > 0) log.warn(`${workload.name}: the engine cannot do ${limits.join(', ')}; left out`);
  const inherited = current?.Config ?? null;
  return buildSpec({ original, inherited, reference: original.Config.Image, imageId: pinned.Id, engine });
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
function prove(
  { pinned, original, current, workload, spec }: Pulled,
  created: ContainerDetails,
  engine: EngineInfo,
): void {
  if (created.Image !== pinned.Id) {
    throw new AppError('CONTAINER_CHANGED', `someone moved the tag ${workload.image} meanwhile`);
  }
  if (spec !== undefined) return; // A rollback brings settings of its own.
  const lost = lostSettings({ original, created, inherited: current?.Config ?? null, engine });
  if (lost.length > 0) throw new AppError('SETTINGS_LOST', `the new container lacks ${lost.join(', ')}`);
}

/** What Compose put into the original by copying would be lost in silence. */
async function carryCopied({ engine }: Context, { original }: Pulled, created: ContainerDetails): Promise<void> {
  try {
    const files = await copiedFiles(engine, original);
    if (files.length > 0 && original.HostConfig.AutoRemove) {
      throw new AppError('FILES_NOT_CARRIED', `a rollback could not bring back ${files.join(', ')} (--rm)`);
    }
    await carryFiles(engine, { files, from: original.Id, to: created });
  } catch (error) {
    if (!hasCode(error, 'FILES_NOT_CARRIED')) throw error;
    throw new Refused({ by: 'core', code: 'FILES_NOT_CARRIED', reason: error.message });
  }
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
