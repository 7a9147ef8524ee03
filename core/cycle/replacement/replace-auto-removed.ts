import { AppError, problemOf } from '../../errors/app-error.ts';
import type { Snapshot } from '../../journal/port.ts';
import { existing } from '../candidate.ts';
import type { Context } from '../context.ts';
import { type Group, type Member, membersOf } from '../groups/member.ts';
import { onceEngineAnswers } from './engine-away.ts';
import { type MovedTag, restoreTag, tagOf, whileTagged } from './moved-tag.ts';
import { suffixes } from './names.ts';
import { outlastStop } from './outlast-stop.ts';
import { discard, prepare } from './prepare.ts';
import { absent, type PutBack } from './put-back.ts';
import { snapshotOf } from './snapshot.ts';
import { type Strategy, stopOptions } from './strategy.ts';
import { verify } from './verify.ts';

/**
 * For `--rm`: the engine deletes the original as it stops, so there is nothing to park. Its settings are on disk
 * before anything happens, its unnamed volumes are held by the new container, and undoing means to make it again.
 */
export const replaceAutoRemoved: Strategy = {
  async apply(context, group, progress) {
    const { engine, now } = context;
    const member = theOnly(group);
    const { original, plan, workload } = member;

    const step = progress.turn(member, 'create');
    const id = await prepare(context, member, { name: workload.name + suffixes.new, moved: new Map() });
    step.replacementId = id;
    // Should it die, the engine deletes it together with its log.
    const said = await engine.follow(id);
    step.lastWords = () => said.lines(20);

    progress.turn(member, 'stop');
    const stopped = now().getTime();
    const removed = engine.waitRemoved(original.Id);
    await Promise.all([absent(engine.stop(original.Id, stopOptions(context, member))), removed]);

    progress.turn(member, 'start');
    await engine.start(id);
    step.downtimeMs = now().getTime() - stopped;
    await engine.rename(id, workload.name);

    progress.turn(member, 'verify');
    await verify(context, { ...plan, workload: { ...workload, id } }, 'UNHEALTHY');
    said.close();
  },

  async undo(context, group, { phase, steps }) {
    const member = theOnly(group);
    const made = steps.get(member)?.replacementId;
    if (phase === 'create') {
      // What failed while it was being made has undone itself.
      if (made !== undefined) await discard(context, member, member.workload.name + suffixes.new);
      return new Map();
    }
    const back = await undoOne(context, member, made);
    return new Map([[member, back]]);
  },
};

function theOnly(group: Group): Member {
  const [member] = membersOf(group);
  if (member === undefined) throw new AppError('UNEXPECTED', 'a group without members');
  return member;
}

async function undoOne(context: Context, member: Member, replacementId: string | undefined): Promise<PutBack> {
  const name = member.workload.name + suffixes.new;
  const original = await outlastStop(context, member.original.Id, stopOptions(context, member));
  if (original?.State.Running) {
    await discard(context, member, name);
    return { outcome: 'unchanged' };
  }
  await context.engine.waitRemoved(member.original.Id);
  const replacement = { id: replacementId ?? name, imageId: member.pinned.Id };
  const snapshot = snapshotOf(member, await context.engine.info());
  return makeAgain(context, { snapshot, tag: member.tag, replacement });
}

/** An original that the engine has removed, and the container that was to take its place. */
interface Loss {
  readonly snapshot: Snapshot;
  readonly tag: MovedTag | null;
  /** By its parking name where its id never arrived. */
  readonly replacement: { readonly id: string; readonly imageId: string };
}

/**
 * Makes an auto-removed original anew from its recorded settings, after taking its successor away. Nothing but these
 * settings is left of it, so this is not given up while the engine is away, and goes on from wherever it broke off.
 */
export async function makeAgain(context: Context, loss: Loss): Promise<PutBack> {
  try {
    await onceEngineAnswers(context, () => bringBack(context, loss));
    return { outcome: 'rolled-back' };
  } catch (error) {
    const message = `${loss.snapshot.name} could not be made again: ${problemOf(error).message}`;
    return { outcome: 'down', problem: problemOf(new AppError('ROLLBACK_FAILED', message, { cause: error })) };
  }
}

async function bringBack(context: Context, { snapshot, tag, replacement }: Loss): Promise<void> {
  const { engine } = context;
  const { name, spec, imageId } = snapshot;
  const successor = await existing(engine.inspect(replacement.id));
  if (successor?.State.Running) {
    const stopped = absent(engine.stop(successor.Id, { signal: null, graceSeconds: null }));
    await Promise.all([stopped, engine.waitRemoved(successor.Id)]);
  }
  await restoreTag(context, tag, replacement.imageId);
  const begun = await existing(engine.inspect(name));
  const own = { reference: tagOf(spec.config.Image, imageId), imageId };
  const id = begun?.Image === imageId ? begun.Id : await whileTagged(context, own, () => engine.create(name, spec));
  // The successor holds the unnamed volumes until the original does again.
  await absent(engine.remove(replacement.id, { volumes: true }));
  await engine.start(id);
  const { Image, State } = await engine.inspect(id);
  if (Image !== imageId) throw new AppError('ROLLBACK_FAILED', 'it was made again with another image');
  if (!State.Running) throw new AppError('ROLLBACK_FAILED', `it exited again with code ${State.ExitCode}`);
}
