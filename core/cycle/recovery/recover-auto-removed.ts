import type { ContainerDetails } from '../../engine/port.ts';
import { AppError, hasCode, problemOf } from '../../errors/app-error.ts';
import type { Snapshot } from '../../journal/port.ts';
import type { IntentRecord } from '../../journal/record.ts';
import { parseReference, repositoryName } from '../../registry/reference.ts';
import { existing } from '../candidate.ts';
import type { Context } from '../context.ts';
import { tagOfIntent } from '../replacement/moved-tag.ts';
import { suffixes } from '../replacement/names.ts';
import { makeAgain } from '../replacement/replace-auto-removed.ts';
import { planFor, verify } from '../replacement/verify.ts';
import type { Recovery } from './recover.ts';

/**
 * Finishes the replacement of a `--rm` container, whose original is gone as soon as it was stopped: the successor
 * takes over if it can, else the original is made again from its recorded settings.
 * Undefined where the intent is about an ordinary container.
 */
export async function recoverAutoRemoved(
  context: Context,
  name: string,
  intent: IntentRecord | undefined,
): Promise<Recovery | undefined> {
  const { engine, journal } = context;
  const snapshot = intent === undefined ? undefined : await journal.loadSnapshot(intent.snapshot);
  if (intent !== undefined && !snapshot?.spec.hostConfig.AutoRemove) return undefined;
  const main = await existing(engine.inspect(name));
  if (main !== null && intent !== undefined && isUntouched(main, snapshot, intent)) {
    return { workload: intent.workload, outcome: 'unchanged' };
  }
  if (intent !== undefined && snapshot !== undefined && main?.Image === snapshot.imageId) {
    // The dead run had already made the original again, or begun to.
    const back = await remake(context, { intent, snapshot, replacementId: name + suffixes.new });
    return { workload: intent.workload, ...back };
  }
  const successor = main ?? (await existing(engine.inspect(name + suffixes.new)));
  try {
    if (successor === null) throw new AppError('START_FAILED', 'the new container is gone');
    if (!successor.State.Running) await engine.start(successor.Id);
    if (main === null) await engine.rename(successor.Id, name);
    const plan = planFor(context, successor);
    await verify(context, plan, 'UNHEALTHY');
    return { workload: { ...plan.workload, name }, outcome: 'updated' };
  } catch (error) {
    const problem = problemOf(error);
    if (intent === undefined || snapshot === undefined) {
      const named = successor === null ? undefined : planFor(context, successor).workload;
      return named && { workload: { ...named, name }, outcome: 'down', problem };
    }
    const back = await remake(context, { intent, snapshot, replacementId: successor?.Id ?? name + suffixes.new });
    return { workload: intent.workload, problem, ...back };
  }
}

/** The original itself, or what someone has made by that name meanwhile, which is theirs. */
function isUntouched({ Id, Image }: ContainerDetails, snapshot: Snapshot | undefined, intent: IntentRecord): boolean {
  return Id === intent.workload.id || (Image !== snapshot?.imageId && Image !== intent.to.imageId);
}

interface Remaking {
  readonly intent: IntentRecord;
  readonly snapshot: Snapshot;
  readonly replacementId: string;
}

async function remake(context: Context, { intent, snapshot, replacementId }: Remaking): ReturnType<typeof makeAgain> {
  const reference = parseReference(intent.workload.image);
  const { digest } = intent.from;
  const missing = (await existing(context.engine.inspectImage(snapshot.imageId))) === null;
  if (missing && digest !== null) {
    const credentials = await context.registry.pullCredentials(reference);
    await context.engine.pull(`${repositoryName(reference)}@${digest}`, { credentials }).catch((error: unknown) => {
      if (!hasCode(error, 'REGISTRY_UNREACHABLE')) context.log.warn(problemOf(error).message);
    });
  }
  return makeAgain(context, {
    snapshot,
    tag: tagOfIntent(intent),
    replacement: { id: replacementId, imageId: intent.to.imageId ?? '' },
  });
}
