import { AppError, hasCode, type Problem, problemOf } from '../errors/app-error.ts';
import type { Context } from './context.ts';
import { skip } from './decide.ts';
import { onceEngineAnswers } from './engine-away.ts';
import { isStopped } from './list.ts';
import { Refused } from './prepare.ts';
import type { Pulled } from './pull.ts';
import { absent, type PutBack, restoreTag } from './put-back.ts';
import { replaceAutoRemoved } from './replace-auto-removed.ts';
import { replaceRunning } from './replace-running.ts';
import { replaceStopped } from './replace-stopped.ts';
import { snapshotOf } from './snapshot.ts';
import type { Progress, Strategy } from './strategy.ts';
import { warn } from './warn.ts';

/**
 * Replaces one container and states how it ended. The original is kept until its successor has passed every health
 * check; whatever fails before that, the original is put back.
 */
export async function replace(context: Context, job: Pulled): Promise<void> {
  const began = context.now().getTime();
  const strategy = strategyFor(context, job);
  const progress: Progress = { phase: 'create' };
  try {
    await remember(context, job);
    const downtimeMs = await strategy.apply(context, job, progress);
    await succeed(context, job, { began, downtimeMs });
  } catch (error) {
    if (error instanceof Refused) return skip(context, job, error.refusal);
    if (progress.phase === 'create' && hasCode(error, 'STOPPED_BY_SIGNAL')) {
      return skip(context, job, { by: 'core', code: 'CYCLE_STOPPED', reason: 'Belfry was asked to stop' });
    }
    if (progress.phase !== 'commit') return fail(context, job, { strategy, progress, error });
    // The successor is proven and in charge; recovery takes away what could not be removed.
    await succeed(context, job, { began, downtimeMs: null });
    const { workload } = job;
    const failed = { type: 'failed', phase: 'commit', outcome: 'updated', logTail: [] } as const;
    await context.bus.emit({ ...failed, cycle: context.cycle, workload, problem: problemOf(error) });
  }
}

function strategyFor({ settings }: Context, { container, original }: Pulled): Strategy {
  if (isStopped(container.state) && !settings.reviveStopped) return replaceStopped;
  return original.HostConfig.AutoRemove ? replaceAutoRemoved : replaceRunning;
}

/** Written before anything is changed: should this run die, the next one knows what it was about. */
async function remember({ journal, cycle, now }: Context, job: Pulled): Promise<void> {
  const { workload, from, to } = job;
  const snapshot = await journal.saveSnapshot(snapshotOf(job));
  await journal.append({ kind: 'intent', time: now().toISOString(), cycle, workload, from, to, snapshot });
}

async function succeed(
  context: Context,
  { workload, from, to, plan, undoes }: Pulled,
  { began, downtimeMs }: { readonly began: number; readonly downtimeMs: number | null },
): Promise<void> {
  const { bus, cycle, verdicts, now } = context;
  const seconds = (now().getTime() - began) / 1000;
  const recreated = { type: 'recreated', strategy: 'stop-first', ending: true, seconds, downtimeMs } as const;
  await bus.emit({ ...recreated, cycle, workload, from, to, ...(undoes ? { rollback: undoes } : {}) });
  await warn(context, await verdicts.tell('afterUpdate', plan, false), { workload, outcome: 'updated' });
}

interface Failure {
  readonly strategy: Strategy;
  readonly progress: Progress;
  readonly error: unknown;
}

async function fail(context: Context, job: Pulled, { strategy, progress, error }: Failure): Promise<void> {
  const { bus, cycle, engine, verdicts, log } = context;
  const { workload, from, to, plan, pinned } = job;
  const { phase } = progress;
  const tolerate = (left: unknown) => log.warn(problemOf(left).message);
  const logTail = await lastWords(context, progress);
  const back = phase === 'create' ? await unchanged(context, job, error) : await undo(context, job, strategy, progress);
  // Where the successor is gone, nothing but the job tells what the tag was moved to.
  await restoreTag(context, job.reference, pinned.Id, job.original.Image).catch(tolerate);
  if (back.outcome === 'rolled-back' && job.fetched) await absent(engine.removeImage(pinned.Id)).catch(tolerate);
  const problem = told(phase === 'start' ? startFailed(error) : problemOf(error), back);
  const { outcome } = back;
  await bus.emit({ type: 'failed', cycle, workload, from, to, phase, outcome, problem, logTail, ending: true });
  if (outcome === 'unchanged') return;
  await warn(context, await verdicts.tell('afterRollback', plan, false), { workload, outcome });
}

/** `prepare` has undone itself; what is left to find out is whether the container is still there at all. */
async function unchanged({ engine }: Context, { original, workload }: Pulled, error: unknown): Promise<PutBack> {
  if (!hasCode(error, 'ENGINE_NOT_FOUND')) return { outcome: 'unchanged' };
  try {
    await engine.inspect(original.Id);
    return { outcome: 'unchanged' };
  } catch {
    const changed = new AppError('CONTAINER_CHANGED', `someone removed ${workload.name} during its update`);
    return { outcome: 'unchanged', problem: problemOf(changed) };
  }
}

/** What cannot be undone now is undone by the next recovery. */
async function undo(context: Context, job: Pulled, strategy: Strategy, progress: Progress): Promise<PutBack> {
  try {
    return await onceEngineAnswers(context, () => strategy.undo(context, job, progress));
  } catch (error) {
    return { outcome: 'down', problem: problemOf(error) };
  }
}

async function lastWords({ engine }: Context, { replacementId, lastWords }: Progress): Promise<readonly string[]> {
  if (lastWords !== undefined) return lastWords();
  if (replacementId === undefined) return [];
  return engine.logs(replacementId, 20).catch(() => []);
}

/** An engine that broke off, or hangs, says nothing of the container. */
function startFailed(error: unknown): Problem {
  return hasCode(error, 'ENGINE_UNREACHABLE', 'ENGINE_ANSWER_INVALID', 'ENGINE_TIMEOUT')
    ? problemOf(error)
    : problemOf(new AppError('START_FAILED', problemOf(error).message));
}

/** What broke first, unless putting things back broke too: that is the more urgent news. */
function told(problem: Problem, back: PutBack): Problem {
  if (back.problem === undefined) return problem;
  return { ...back.problem, message: `${back.problem.message}; the update had failed with: ${problem.message}` };
}
