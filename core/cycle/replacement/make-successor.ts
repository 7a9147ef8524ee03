import type { ContainerDetails, CreateSpec, EngineInfo } from '../../engine/port.ts';
import { AppError, hasCode } from '../../errors/app-error.ts';
import type { Context } from '../context.ts';
import { core } from '../decide.ts';
import { besideProviders, type Moved, onSuccessors } from '../groups/follow.ts';
import type { Member } from '../groups/member.ts';
import { carryFiles, copiedFiles } from '../settings/copied-files.ts';
import { lostSettings } from '../settings/proof.ts';
import { buildSpec } from '../settings/spec.ts';
import { unspoken, unsupported } from '../settings/unsupported.ts';
import { pointTag, whileTagged } from './moved-tag.ts';
import { Refused } from './refused.ts';

export interface Place {
  readonly name: string;
  /** The successors of the members before this one. */
  readonly moved: Moved;
}

/** Whether the engine was asked to create anything: before that, what bears the name is somebody else's. */
export interface Attempt {
  asked: boolean;
}

/** Creates a member's new container with everything the old one had, and proves it. Resolves with its id. */
export async function makeSuccessor(
  context: Context,
  member: Member,
  { name, moved, attempt }: Place & { readonly attempt: Attempt },
): Promise<string> {
  const { engine } = context;
  const info = await engine.info();
  const wanted = onSuccessors(member.original, moved);
  const spec = member.spec
    ? besideProviders(member.spec, member.original, moved)
    : specOf(context, member, { wanted, info });
  const id = await createTagged(context, member, { name, spec, attempt });
  const created = await engine.inspect(id);
  prove(member, { wanted, created, info });
  await carryCopied(context, member, created);
  return id;
}

interface Creation {
  readonly name: string;
  readonly spec: CreateSpec;
  readonly attempt: Attempt;
}

async function createTagged(context: Context, member: Member, { name, spec, attempt }: Creation): Promise<string> {
  const { tag, pinned, follows } = member;
  const make = () => {
    attempt.asked = true;
    return create(context, name, spec);
  };
  if (tag === null) return make();
  if (follows) return whileTagged(context, { reference: tag.reference, imageId: pinned.Id }, make);
  await pointTag(context, tag.reference, pinned.Id);
  return make();
}

interface Wanted {
  /** The original as it must be made again. */
  readonly wanted: ContainerDetails;
  readonly info: EngineInfo;
}

function specOf(
  { log }: Context,
  { current, pinned, workload, from, to }: Member,
  { wanted, info }: Wanted,
): CreateSpec {
  const beyond = unspoken(wanted, info.apiVersion);
  if (beyond.length > 0) {
    const reason = `API ${info.apiVersion}, which is spoken here, cannot state ${beyond.join(', ')}`;
    throw new Refused(core('SETTING_NOT_CARRIED', reason));
  }
  const limits = unsupported(wanted, info);
  if (limits.length > 0) log.warn(`${workload.name}: the engine cannot do ${limits.join(', ')}; left out`);
  const inherited = current?.Config ?? null;
  return buildSpec({
    original: wanted,
    inherited,
    reference: to.reference === from.reference ? wanted.Config.Image : to.reference,
    imageId: pinned.Id,
    engine: info,
  });
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
  { pinned, current, to, spec }: Member,
  { wanted, created, info }: Wanted & { readonly created: ContainerDetails },
): void {
  if (created.Image !== pinned.Id) {
    throw new AppError('CONTAINER_CHANGED', `someone moved the tag of ${to.reference} meanwhile`);
  }
  if (spec !== undefined) return; // A rollback brings settings of its own.
  const lost = lostSettings({ original: wanted, created, inherited: current?.Config ?? null, engine: info });
  if (lost.length > 0) throw new AppError('SETTINGS_LOST', `the new container lacks ${lost.join(', ')}`);
}

/** What Compose put into the original by copying would be lost in silence. */
async function carryCopied({ engine }: Context, { original }: Member, created: ContainerDetails): Promise<void> {
  try {
    const files = await copiedFiles(engine, original);
    if (files.length > 0 && original.HostConfig.AutoRemove) {
      throw new AppError('FILES_NOT_CARRIED', `a rollback could not bring back ${files.join(', ')} (--rm)`);
    }
    await carryFiles(engine, { files, from: original.Id, to: created });
  } catch (error) {
    if (!hasCode(error, 'FILES_NOT_CARRIED')) throw error;
    throw new Refused(core('FILES_NOT_CARRIED', error.message));
  }
}
