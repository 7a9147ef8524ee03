import { containerSettings } from '../../config/container.ts';
import { AppError, type Problem, problemOf } from '../../errors/app-error.ts';
import type { Outcome } from '../../events.ts';
import { existing } from '../candidate.ts';
import type { Context } from '../context.ts';
import { isHard } from '../groups/edges.ts';
import type { World } from '../groups/groups.ts';
import { keptTag, type MovedTag, tagOfIntent } from '../replacement/moved-tag.ts';
import { suffixes } from '../replacement/names.ts';
import { outlastStop } from '../replacement/outlast-stop.ts';
import { absent, type Displaced, putBack } from '../replacement/put-back.ts';
import { runOnce } from '../replacement/run-once.ts';
import { stopOptions } from '../replacement/strategy.ts';
import { planFor, verify } from '../replacement/verify.ts';
import { type Interrupted, intentOf } from './leftovers.ts';

/** What became of an interrupted replacement. */
export interface Ending {
  readonly outcome: Outcome;
  readonly problem?: Problem;
}

/**
 * Finishes or undoes interrupted replacements that belong together, providers first. All successors are in charge and
 * prove themselves, or one of them was committed already: then they stay. In every other case all originals come back.
 * Undefined where the original is gone because the engine removed it as it stopped (`--rm`).
 */
export async function putInOrder(
  context: Context,
  together: readonly Interrupted[],
  world: World,
): Promise<ReadonlyMap<string, Ending> | undefined> {
  if (!together.every(({ inCharge }) => inCharge === 'successor') || isClungTo(together, world)) {
    // Before it is parked, the dead run may have asked an original to stop.
    const asked = together.filter(({ stopped, inCharge, original, name }) => {
      return !stopped && inCharge === 'original' && original.Name === `/${name}`;
    });
    const left = await Promise.all(asked.map((one) => outlastStop(context, one.original.Id, stopOf(context, one))));
    if (left.includes(null) && together.every(({ original }) => original.HostConfig.AutoRemove)) return undefined;
    return back(context, together, world);
  }
  if (!(await isCommitted(context, together, world))) {
    for (const one of together) {
      try {
        await prove(context, one);
      } catch (error) {
        return back(context, together, world, { name: one.name, problem: problemOf(error) });
      }
    }
  }
  for (const { original } of together.toReversed())
    await absent(context.engine.remove(original.Id, { volumes: false }));
  return new Map(together.map(({ name }) => [name, { outcome: 'updated' }]));
}

/** Starts what is in charge and asks its health checks; for the others the settings proof came before the first rename. */
async function prove(context: Context, { original, successor, stopped, ...one }: Interrupted): Promise<void> {
  const { engine } = context;
  if (successor === undefined) return;
  if (stopped) {
    const { rerun } = containerSettings(successor.Config.Labels ?? {}, context.settings);
    return rerun ? runOnce(context, successor.Id) : undefined;
  }
  await absent(engine.setRestartPolicy(original.Id, { Name: 'no', MaximumRetryCount: 0 }));
  // An engine that was restarted meanwhile has brought it up again.
  if (original.State.Running) await absent(engine.stop(original.Id, stopOf(context, { original, ...one })));
  if (!successor.State.Running) await engine.start(successor.Id);
  await verify(context, planFor(context, successor));
}

/**
 * Whether the dead run had begun to take originals away, which it does once all are proven, dependants first: then a
 * container hangs on one of the successors and has nothing to go back to, or the journal knows of one that is through.
 */
async function isCommitted(context: Context, together: readonly Interrupted[], world: World): Promise<boolean> {
  const ids = new Set(together.flatMap(({ original, successor }) => [original.Id, successor?.Id ?? '']));
  const successors = new Set(together.map(({ successor }) => successor?.Id ?? ''));
  const settled = ({ provider, dependant }: World['edges'][number]) => successors.has(provider) && !ids.has(dependant);
  if (world.edges.some((edge) => isHard(edge) && settled(edge))) return true;
  const names = new Set(together.map(({ name }) => name));
  const missing = new Set(
    [...names].flatMap((name) => intentOf(context, name)?.group ?? []).filter((name) => !names.has(name)),
  );
  for (const name of missing) {
    const intent = intentOf(context, name);
    const present = await existing(context.engine.inspect(name));
    if (intent !== undefined && present?.Image === intent.to.imageId && present.Id !== intent.workload.id) return true;
  }
  return false;
}

/** Whether a container that was not replaced shares a namespace of a parked original. */
function isClungTo(together: readonly Interrupted[], { edges }: World): boolean {
  const originals = new Set(together.map(({ original }) => original.Id));
  return edges.some(
    ({ kind, provider, dependant }) => kind === 'namespace' && originals.has(provider) && !originals.has(dependant),
  );
}

interface Blame {
  readonly name: string;
  readonly problem: Problem;
}

async function back(
  context: Context,
  together: readonly Interrupted[],
  world: World,
  blame?: Blame,
): Promise<ReadonlyMap<string, Ending>> {
  const displaced: Displaced[] = [];
  for (const one of together) displaced.push(await displacedBy(context, one, world));
  const results = await putBack(context, displaced);
  return new Map(
    together.map(({ name, original }) => {
      const result = results.get(original.Id) ?? { outcome: 'unchanged' };
      return [name, { ...(blame && problemFor(name, blame)), ...result }];
    }),
  );
}

function problemFor(name: string, { name: culprit, problem }: Blame): { readonly problem: Problem } {
  if (name === culprit) return { problem };
  const message = `it was put back together with ${culprit}: ${problem.message}`;
  return { problem: problemOf(new AppError('GROUP_ROLLED_BACK', message)) };
}

async function displacedBy(context: Context, one: Interrupted, { edges }: World): Promise<Displaced> {
  const { name, original, successor, stopped } = one;
  const snapshot = successor === undefined ? intentOf(context, name)?.snapshot : undefined;
  const recorded = snapshot === undefined ? undefined : await context.journal.loadSnapshot(snapshot);
  const parking = stopped ? (['newStopped', 'oldStopped'] as const) : (['new', 'old'] as const);
  return {
    name,
    originalId: original.Id,
    replacementId: successor?.Id,
    parking: { new: name + suffixes[parking[0]], old: name + suffixes[parking[1]] },
    tag: movedTag(context, one),
    // Its successor is gone, and with it the policy, unless the journal has it.
    policy: successor?.HostConfig.RestartPolicy ?? recorded?.spec.hostConfig.RestartPolicy,
    wasRunning: !stopped,
    wasHealthy: false,
    stop: stopOf(context, one),
    lenders: edges.flatMap(({ kind, dependant, provider }) =>
      kind === 'namespace' && dependant === original.Id ? [provider] : [],
    ),
  };
}

/** Where the update led to another tag, only the journal has what that one named before. */
function movedTag(context: Context, { name, original, successor }: Interrupted): MovedTag | null {
  const { Image } = original.Config;
  if (successor === undefined || successor.Config.Image === Image) return keptTag(Image, original.Image);
  const intent = intentOf(context, name);
  return intent === undefined ? null : tagOfIntent(intent);
}

function stopOf(context: Context, { original }: Pick<Interrupted, 'original'>) {
  const settings = containerSettings(original.Config.Labels ?? {}, context.settings);
  return stopOptions(context, { settings, original });
}
