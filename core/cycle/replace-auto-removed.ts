import { AppError, problemOf } from '../errors/app-error.ts';
import type { Snapshot } from '../journal/port.ts';
import type { Reference } from '../registry/port.ts';
import { existing } from './candidate.ts';
import type { Context } from './context.ts';
import { onceEngineAnswers } from './engine-away.ts';
import { suffixes } from './names.ts';
import { outlastStop } from './outlast-stop.ts';
import { discard, prepare } from './prepare.ts';
import { absent, type PutBack, restoreTag } from './put-back.ts';
import { snapshotOf } from './snapshot.ts';
import { type Strategy, stopOptions } from './strategy.ts';
import { verify } from './verify.ts';

/**
 * For `--rm`: the engine deletes the original as it stops, so there is nothing to park. Its settings are on disk
 * before anything happens, its unnamed volumes are held by the new container, and undoing means to make it again.
 */
export const replaceAutoRemoved: Strategy = {
  async apply(context, job, progress) {
    const { engine, now } = context;
    const { original, plan, workload } = job;

    const { Id: id } = await prepare(context, job, workload.name + suffixes.new);
    progress.replacementId = id;
    // Should it die, the engine deletes it together with its log.
    const said = await engine.follow(id);
    progress.lastWords = () => said.lines(20);

    progress.phase = 'stop';
    const stopped = now().getTime();
    const removed = engine.waitRemoved(original.Id);
    await Promise.all([absent(engine.stop(original.Id, stopOptions(context, job))), removed]);

    progress.phase = 'start';
    await engine.start(id);
    const downtimeMs = now().getTime() - stopped;
    await engine.rename(id, workload.name);

    progress.phase = 'verify';
    await verify(context, { ...plan, workload: { ...plan.workload, id } });
    said.close();
    return downtimeMs;
  },

  async undo(context, job, { replacementId }) {
    const original = await outlastStop(context, job.original.Id, stopOptions(context, job));
    if (original?.State.Running) {
      await discard(context, job, job.workload.name + suffixes.new);
      return { outcome: 'unchanged' };
    }
    await context.engine.waitRemoved(job.original.Id);
    const replacement = { id: replacementId ?? job.workload.name + suffixes.new, imageId: job.pinned.Id };
    const snapshot = snapshotOf(job, await context.engine.info());
    return makeAgain(context, { snapshot, reference: job.reference, replacement });
  },
};

/** An original that the engine has removed, and the container that was to take its place. */
interface Loss {
  readonly snapshot: Snapshot;
  readonly reference: Reference;
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

async function bringBack(context: Context, { snapshot, reference, replacement }: Loss): Promise<void> {
  const { engine } = context;
  const successor = await existing(engine.inspect(replacement.id));
  if (successor?.State.Running) {
    const stopped = absent(engine.stop(successor.Id, { signal: null, graceSeconds: null }));
    await Promise.all([stopped, engine.waitRemoved(successor.Id)]);
  }
  await restoreTag(context, reference, replacement.imageId, snapshot.imageId);
  const begun = await existing(engine.inspect(snapshot.name));
  const id = begun?.Image === snapshot.imageId ? begun.Id : await engine.create(snapshot.name, snapshot.spec);
  // The successor holds the unnamed volumes until the original does again.
  await absent(engine.remove(replacement.id, { volumes: true }));
  await engine.start(id);
  const { Image, State } = await engine.inspect(id);
  if (Image !== snapshot.imageId) throw new AppError('ROLLBACK_FAILED', 'it was made again with another image');
  if (!State.Running) throw new AppError('ROLLBACK_FAILED', `it exited again with code ${State.ExitCode}`);
}
