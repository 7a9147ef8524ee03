import { AppError, hasCode, type Problem, problemOf } from '../../errors/app-error.ts';
import type { Fact, Failed, Rollback, Timings } from '../../events.ts';
import { existing } from '../candidate.ts';
import type { Context } from '../context.ts';
import { core, cycleStopped, type Objection, skipped } from '../decide.ts';
import type { Endings } from '../endings.ts';
import { type Group, type Member, membersOf } from '../groups/member.ts';
import { isStopped } from '../list.ts';
import { warn } from '../warn.ts';
import type { Aftermath } from './aftermath.ts';
import { isAway, onceEngineAnswers } from './engine-away.ts';
import { restoreTag } from './moved-tag.ts';
import type { PutBack } from './put-back.ts';
import { Refused } from './refused.ts';
import { replaceAutoRemoved } from './replace-auto-removed.ts';
import { replaceParked } from './replace-parked.ts';
import { snapshotOf } from './snapshot.ts';
import { createProgress, type Progress, type Strategy, timingsOf } from './strategy.ts';

/**
 * Replaces the containers of a group as one and states how each ended. The originals are kept until every successor
 * has passed its health checks; whatever fails before that, all originals are put back.
 */
export async function replace(context: Context, group: Group, { endings, aftermath }: Shared): Promise<void> {
  const began = context.now().getTime();
  const members = membersOf(group);
  const [first] = members;
  if (first === undefined) return;
  const strategy = strategyFor(context, group);
  const progress = createProgress(first, context.now);
  const result = { began, progress, endings, aftermath };
  try {
    await remember(context, group);
    await strategy.apply(context, group, progress);
  } catch (error) {
    if (progress.phase !== 'commit') return fail(context, group, { ...result, strategy, error });
    // All successors are proven and in charge; recovery takes away what could not be removed.
    const { workload } = progress.member;
    const failed = { type: 'failed', phase: 'commit', outcome: 'updated', logTail: [] } as const;
    await context.bus.emit({ ...failed, cycle: context.cycle, workload, problem: problemOf(error) });
  }
  // Before the endings, so that whoever recovers from a death in between does it again.
  await aftermath.moved(group);
  for (const member of members) await succeed(context, member, result);
}

/** What all replacements of a cycle have in common. */
export interface Shared {
  readonly endings: Endings;
  readonly aftermath: Aftermath;
}

function strategyFor({ settings }: Context, group: Group): Strategy {
  const [member, ...others] = membersOf(group);
  if (member === undefined || others.length > 0) return replaceParked;
  if (isStopped(member.container.state) && !settings.reviveStopped) return replaceParked;
  return member.original.HostConfig.AutoRemove ? replaceAutoRemoved : replaceParked;
}

/** Written before anything is changed: should this run die, the next one knows what it was about. */
async function remember({ engine, journal, cycle, now }: Context, group: Group): Promise<void> {
  const members = membersOf(group);
  const names = members.map(({ workload }) => workload.name);
  const info = await engine.info();
  for (const member of members) {
    const { workload, from, to, tag } = member;
    const snapshot = await journal.saveSnapshot(snapshotOf(member, info));
    const intent = { kind: 'intent', time: now().toISOString(), cycle, workload, from, to, snapshot } as const;
    const moved = to.reference === from.reference ? undefined : tag?.before;
    const tagBefore = moved === undefined || moved === null ? {} : { tagBefore: moved };
    await journal.append({ ...intent, ...tagBefore, ...(names.length > 1 ? { group: names } : {}) });
  }
}

interface Result extends Shared {
  readonly began: number;
  readonly progress: Progress;
}

async function succeed(context: Context, member: Member, { began, progress, endings }: Result): Promise<void> {
  const { bus, cycle, verdicts, now } = context;
  const { workload, from, to, undoes, follows } = member;
  const { replacementId = workload.id, downtimeMs = 0 } = progress.steps.get(member) ?? {};
  const seconds = (now().getTime() - began) / 1000;
  await endings.drawIn(workload.id);
  if (follows) {
    await bus.emit({ type: 'restarted', how: 'recreate', ending: true, cycle, workload, seconds });
  } else {
    const recreated = { type: 'recreated', strategy: 'stop-first', ending: true, seconds, downtimeMs } as const;
    const more = { ...timingsIn(progress, member, now()), ...(undoes ? { rollback: undoes } : {}) };
    await bus.emit({ ...recreated, cycle, workload, from, to, ...more });
  }
  const plan = { ...member.plan, workload: { ...workload, id: replacementId } };
  await warn(context, await verdicts.tell('afterUpdate', () => plan, { dryRun: false }), {
    workload,
    outcome: 'updated',
  });
}

function timingsIn({ steps }: Progress, member: Member, now: Date): { readonly timings?: Timings } {
  const step = steps.get(member);
  return step === undefined || step.began.stop === undefined ? {} : { timings: timingsOf(step, now) };
}

interface Failure extends Result {
  readonly strategy: Strategy;
  readonly error: unknown;
}

async function fail(context: Context, group: Group, failure: Failure): Promise<void> {
  const { strategy, progress, aftermath } = failure;
  const members = membersOf(group);
  const tolerate = (left: unknown) => context.log.warn(problemOf(left).message);
  const failedAt = context.now();
  const said = await lastWords(context, progress);
  const undoneFrom = context.now().getTime();
  const back = await undo(context, group, { strategy, progress });
  const undoMs = context.now().getTime() - undoneFrom;
  // Where the successor is gone, nothing but the member tells what the tag was moved to.
  for (const { tag, pinned } of members) await restoreTag(context, tag, pinned.Id).catch(tolerate);
  const isBack = (member: Member) => back.get(member)?.outcome === 'rolled-back';
  for (const { pinned } of members.filter((member) => isBack(member) && member.fetched)) aftermath.drop(pinned.Id);
  if (members.some(isBack)) await aftermath.moved(group);
  for (const member of members) {
    const own = member === progress.member ? said : { logTail: [] };
    const result = back.get(member) ?? ({ outcome: 'unchanged' } as const);
    await tell(context, { ...failure, member, back: result, said: own, failedAt, undoMs });
  }
}

/** What cannot be undone now is undone by the next recovery. */
async function undo(
  context: Context,
  group: Group,
  { strategy, progress }: Pick<Failure, 'strategy' | 'progress'>,
): Promise<ReadonlyMap<Member, PutBack>> {
  if (progress.steps.size === 0) return new Map();
  try {
    return await onceEngineAnswers(context, () => strategy.undo(context, group, progress));
  } catch (error) {
    const down = { outcome: 'down', problem: problemOf(error) } as const;
    return new Map([...progress.steps.keys()].map((member) => [member, down]));
  }
}

interface Told extends Failure {
  readonly member: Member;
  readonly back: PutBack;
  readonly said: LastWords;
  readonly failedAt: Date;
  readonly undoMs: number;
}

/** States how one member ended, now that everything is back where it was. */
async function tell(context: Context, told: Told): Promise<void> {
  const { bus, cycle, verdicts } = context;
  const { member, back, progress, endings } = told;
  const { workload, plan } = member;
  const isCulprit = member === progress.member;
  const wasTouched = back.outcome !== 'unchanged' || back.problem !== undefined;
  // What was noted of a follower before holds as if nothing had been tried.
  if (!isCulprit && !wasTouched && member.follows && endings.has(workload.id)) return;
  await endings.drawIn(workload.id);
  const objection = wasTouched ? undefined : refusalOf(told);
  if (objection !== undefined) {
    await bus.emit({ ...skipped(context, member, objection), ending: true } as Fact);
    return;
  }
  const { outcome } = back;
  const { phase } = progress;
  const versions = member.follows ? {} : { from: member.from, to: member.to };
  const problem = isCulprit ? await problemOfCulprit(context, told) : problemOfOther(told);
  const failed = { type: 'failed', cycle, workload, ...versions, phase, outcome, problem, ending: true } as const;
  const timings = timingsIn(progress, member, told.failedAt);
  await bus.emit({ ...failed, ...told.said, ...rollbackIn(told), ...timings });
  if (outcome === 'unchanged') return;
  await warn(context, await verdicts.tell('afterRollback', () => plan, { dryRun: false }), { workload, outcome });
}

function rollbackIn({ member, back, undoMs }: Told): { readonly rollback?: Rollback } {
  if (back.outcome === 'unchanged') return {};
  const isBack = back.outcome === 'rolled-back';
  const running = isBack && member.original.State.Running;
  return { rollback: { status: isBack ? 'ok' : 'failed', durationMs: undoMs, running } };
}

/** Why a member that was not touched was left as it is; undefined where it broke itself. */
function refusalOf({ member, error, progress }: Told): Objection | undefined {
  const isCulprit = member === progress.member;
  if (progress.phase === 'create' && hasCode(error, 'STOPPED_BY_SIGNAL')) return cycleStopped;
  if (isCulprit) return error instanceof Refused ? error.objection : undefined;
  const { name } = progress.member.workload;
  const why = error instanceof Refused ? error.objection.reason : problemOf(error).message;
  return core('HELD_BACK', `${name}, which is replaced together with it, could not be: ${why}`);
}

async function problemOfCulprit(context: Context, { member, back, error, progress }: Told): Promise<Problem> {
  const { phase } = progress;
  if (phase === 'create' && hasCode(error, 'ENGINE_NOT_FOUND')) {
    const present = await existing(context.engine.inspect(member.original.Id)).catch(() => undefined);
    const changed = new AppError('CONTAINER_CHANGED', `someone removed ${member.workload.name} during its update`);
    if (present === null) return problemOf(changed);
  }
  return withBoth(phase === 'start' ? startFailed(error) : problemOf(error), back);
}

function problemOfOther({ member, back, error, progress }: Told): Problem {
  if (back.problem !== undefined) return back.problem;
  const { name } = progress.member.workload;
  // A follower ran before with the image that it still has, so this speaks against the one of its provider.
  const ran = progress.phase === 'start' || progress.phase === 'verify';
  const elsewhere = isAway(error) || hasCode(error, 'CONTAINER_CHANGED', 'ENGINE_TIMEOUT');
  const speaksAgainst = progress.member.follows && ran && !elsewhere;
  const code = speaksAgainst && !member.follows ? 'DEPENDANT_FAILED' : 'GROUP_ROLLED_BACK';
  return problemOf(new AppError(code, `it was put back together with ${name}: ${problemOf(error).message}`));
}

type LastWords = Pick<Failed, 'logTail' | 'exitCode'>;

async function lastWords({ engine }: Context, { member, steps }: Progress): Promise<LastWords> {
  const { replacementId, lastWords } = steps.get(member) ?? {};
  if (lastWords !== undefined) return { logTail: lastWords() };
  if (replacementId === undefined) return { logTail: [] };
  const logTail = await engine.logs(replacementId, 20).catch(() => []);
  const details = await engine.inspect(replacementId).catch(() => undefined);
  const { Status, ExitCode } = details?.State ?? {};
  const exited = Status === 'exited' || Status === 'restarting' || Status === 'dead';
  return exited && ExitCode !== undefined ? { logTail, exitCode: ExitCode } : { logTail };
}

/** An engine that broke off, or hangs, says nothing of the container. */
function startFailed(error: unknown): Problem {
  return isAway(error) || hasCode(error, 'CONTAINER_CHANGED', 'ENGINE_TIMEOUT')
    ? problemOf(error)
    : problemOf(new AppError('START_FAILED', problemOf(error).message));
}

/** What broke first, unless putting things back broke too: that is the more urgent news. */
function withBoth(problem: Problem, back: PutBack): Problem {
  if (back.problem === undefined) return problem;
  return { ...back.problem, message: `${back.problem.message}; the update had failed with: ${problem.message}` };
}
