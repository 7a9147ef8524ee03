import { AppError, hasCode } from '../../errors/app-error.ts';
import { existing } from '../candidate.ts';
import type { Context } from '../context.ts';
import { core } from '../decide.ts';
import { type Group, type Member, membersOf } from '../groups/member.ts';
import { isStopped } from '../list.ts';
import { parked, suffixes } from './names.ts';
import { outlastStop } from './outlast-stop.ts';
import { discard, makeAnew, prepare } from './prepare.ts';
import { absent, type Displaced, putBack } from './put-back.ts';
import { Refused } from './refused.ts';
import { runOnce } from './run-once.ts';
import { type Progress, type Strategy, stopOptions } from './strategy.ts';
import { verify } from './verify.ts';

/**
 * Stop-first. Each original is parked until every member of the group is proven. Dependants are stopped before their
 * providers and started after them; for a container by itself there are two renames between its stop and its start,
 * and nothing else but a look at its name.
 */
export const replaceParked: Strategy = {
  async apply(context, group, progress) {
    const { engine } = context;
    const made = new Map<string, string>();
    const anew = new Set<string>();
    for (const member of membersOf(group)) {
      const step = progress.turn(member, 'create');
      const id = await prepare(context, member, { name: parkingOf(context, member).new, moved: made });
      step.replacementId = id;
      made.set(member.original.Id, id);
    }
    await stillComplete(context, group);
    for (const stack of group.stacks) {
      for (const member of stack.toReversed()) await stop(context, member, progress);
      for (const member of stack) await takeOver(context, { member, made, anew, progress });
    }
    for (const member of membersOf(group).toReversed()) {
      progress.turn(member, 'commit');
      await absent(engine.remove(member.original.Id, { volumes: false }));
    }
  },

  async undo(context, _, progress) {
    const { phase, member, steps, disturbed } = progress;
    if (phase === 'create') {
      // Nothing was stopped yet; what failed while it was being made has undone itself.
      const made = [...steps.keys()].filter((one) => steps.get(one)?.replacementId !== undefined);
      for (const one of made.toReversed()) await discard(context, one, parkingOf(context, one).new);
      return new Map();
    }
    if (phase === 'stop') await outlastStop(context, member.original.Id, stopOptions(context, member));
    const touched = [...steps.keys()];
    const places = touched.map((one) => displaced(context, one, progress));
    const back = await putBack(context, places, disturbed);
    return new Map(touched.flatMap((one) => [[one, back.get(one.original.Id) ?? { outcome: 'unchanged' }] as const]));
  },
};

/** Who has joined a member's network since everything was looked at would be cut off. */
async function stillComplete({ engine }: Context, group: Group): Promise<void> {
  const members = membersOf(group);
  const late = (await engine.list()).find(
    ({ id, networkMode }) =>
      !group.known.has(id) && members.some(({ original }) => networkMode === `container:${original.Id}`),
  );
  if (late === undefined || parked(late.name) !== undefined) return;
  throw new Refused(core('HELD_BACK', `${late.name} has joined its network meanwhile; the next cycle takes it along`));
}

interface Turn {
  readonly member: Member;
  /** The successors so far, by the ids of their originals. */
  readonly made: Map<string, string>;
  /** The ids of the originals whose successors were made a second time, and so have another id. */
  readonly anew: Set<string>;
  readonly progress: Progress;
}

async function stop(context: Context, member: Member, progress: Progress): Promise<void> {
  const step = progress.turn(member, 'stop');
  step.stoppedAt = context.now().getTime();
  if (runs(context, member)) await context.engine.stop(member.original.Id, stopOptions(context, member));
}

async function takeOver(context: Context, turn: Turn): Promise<void> {
  const { member, progress } = turn;
  const { engine, now } = context;
  const { original, plan, workload } = member;
  const step = progress.turn(member, 'stop');
  await park(context, member);
  const id = await giveName(context, turn);
  if (member.settings.rerun && !member.follows && isStopped(member.container.state)) {
    progress.turn(member, 'verify');
    return runOnce(context, id);
  }
  if (!runs(context, member)) return;

  progress.turn(member, 'start');
  await engine.start(id).catch(async (error: unknown) => {
    const present = await existing(engine.inspect(id));
    throw present === null ? changed(`someone removed the new ${workload.name}`, error) : error;
  });
  step.downtimeMs = now().getTime() - (step.stoppedAt ?? now().getTime());
  // Else a restart of the engine would bring both up.
  await engine.setRestartPolicy(original.Id, { Name: 'no', MaximumRetryCount: 0 });

  progress.turn(member, 'verify');
  await verify(context, { ...plan, workload: { ...workload, id } });
}

/** Resolves with the id of the successor, which bears the workload's name from now on. */
async function giveName(context: Context, { member, made, anew, progress }: Turn): Promise<string> {
  const { engine } = context;
  const { original, workload, bonds } = member;
  const first = made.get(original.Id) ?? '';
  if (!bonds.some(({ kind, provider }) => kind === 'made' || anew.has(provider))) {
    await engine.rename(first, workload.name);
    return first;
  }
  // Made beside its provider's old container, or a successor that is gone, it served to prove the settings.
  anew.add(original.Id);
  await absent(engine.remove(first, { volumes: true }));
  const step = progress.turn(member, 'start');
  delete step.replacementId;
  const id = await makeAnew(context, member, { name: parkingOf(context, member).new, moved: made });
  step.replacementId = id;
  made.set(original.Id, id);
  await engine.rename(id, workload.name);
  return id;
}

const changed = (what: string, cause?: unknown) =>
  new AppError('CONTAINER_CHANGED', `${what} during its update`, { cause });

/** By its name: what someone has renamed or removed in this very moment is theirs, and so is what took its place. */
async function park(context: Context, member: Member): Promise<void> {
  const { engine } = context;
  const { original, workload } = member;
  const { old } = parkingOf(context, member);
  await engine.rename(workload.name, old).catch((error: unknown) => {
    throw hasCode(error, 'ENGINE_NOT_FOUND') ? changed(`someone took ${workload.name} away`, error) : error;
  });
  const parked = await existing(engine.inspect(old));
  if (parked?.Id === original.Id) return;
  if (parked !== null) await engine.rename(parked.Id, workload.name);
  throw changed(`someone put another container in the place of ${workload.name}`);
}

/** What only follows another one is not started where it does not run. */
function runs({ settings }: Context, { container, follows }: Member): boolean {
  return !isStopped(container.state) || (settings.reviveStopped && !follows);
}

function parkingOf(context: Context, member: Member): { readonly new: string; readonly old: string } {
  const { name } = member.workload;
  return runs(context, member)
    ? { new: name + suffixes.new, old: name + suffixes.old }
    : { new: name + suffixes.newStopped, old: name + suffixes.oldStopped };
}

function displaced(context: Context, member: Member, { steps }: Progress): Displaced {
  const { workload, original, tag, bonds } = member;
  return {
    name: workload.name,
    originalId: original.Id,
    replacementId: steps.get(member)?.replacementId,
    parking: parkingOf(context, member),
    tag,
    policy: original.HostConfig.RestartPolicy,
    wasRunning: original.State.Running,
    wasHealthy: original.State.Health?.Status === 'healthy',
    stop: stopOptions(context, member),
    lenders: bonds.flatMap(({ kind, provider }) => (kind === 'namespace' ? [provider] : [])),
  };
}
