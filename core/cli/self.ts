import { openWriter, type Writer } from '../app.ts';
import { recoveries, runCycle, updates } from '../cycle/cycle.ts';
import type { Own } from '../cycle/own.ts';
import { findHelper, hasTried, isAtWork, isInOrder, removeHelper, startHelper } from '../self/helper.ts';
import { isMainProcess, obstacleTo } from '../self/obstacle.ts';
import { helperImageLabel, type OwnContainer } from '../self/own-container.ts';
import { pause } from './pause.ts';
import { serveRequests } from './serve-requests.ts';
import { exitCodes, type Session } from './session.ts';

/** What a Belfry that watches does about the container it runs in. */
interface Self {
  readonly own: Own;
  /** Aborts once a helper waits for this Belfry to let go of the lock. */
  readonly leaves: AbortSignal;
}

export async function openSelf({ parts }: Session, writer: Writer, container: OwnContainer): Promise<Self> {
  const { engine, loaded } = parts;
  await forgetHelper(parts, writer, container);
  const leave = new AbortController();
  const obstacle = obstacleTo({
    own: container.details,
    engineHost: loaded.settings.engine.host,
    stateFolder: writer.stateFolder,
    isMainProcess: isMainProcess(),
  });
  const handOver: Own['handOver'] = async (imageId, again) => {
    const helper = await findHelper(engine, container);
    if (helper !== null && hasTried(helper, imageId) && !again) {
      return { by: 'core', code: 'DIGEST_REJECTED', reason: 'a helper container has tried this image' };
    }
    if (helper === null || !isAtWork(helper)) await startHelper(engine, container, imageId);
    leave.abort();
    return undefined;
  };
  return { own: { id: container.details.Id, obstacle, handOver }, leaves: leave.signal };
}

/** A helper that has ended is removed, unless nothing else remembers that its image failed. */
async function forgetHelper({ engine }: Session['parts'], { journal }: Writer, container: OwnContainer): Promise<void> {
  const helper = await findHelper(engine, container);
  if (helper === null || isAtWork(helper)) return;
  const brought = helper.Config.Labels?.[helperImageLabel] === container.details.Image;
  if (brought || journal.durable) await removeHelper(engine, helper);
}

/**
 * The whole work of a helper container: one ordinary update of the container it was made for, as soon as the Belfry in
 * there has let go of the lock. Unless all is in order then, the engine starts it again.
 */
export async function help(session: Session, { name, details }: OwnContainer): Promise<number> {
  const { parts, signal } = session;
  parts.log.info(`helping ${name}`);
  const writer = await lockedWriter(session);
  if (writer === undefined) return exitCodes.failed;
  try {
    serveRequests(session, writer);
    // Without a journal a second try would not know of the first.
    const again = details.RestartCount > 0 && !writer.journal.durable;
    const pass = again ? recoveries : updates;
    const request = { trigger: 'schedule', names: [name], dryRun: false, force: false } as const;
    await writer.turn.take(() => runCycle(writer.context(request, { signal }), pass));
    await writer.turn.close();
    await writer.delivery.idle(10_000);
  } finally {
    await writer.close();
  }
  return (await isInOrder(parts.engine, name)) ? exitCodes.fine : exitCodes.failed;
}

/** Undefined where it is asked to stop before it has the lock. */
async function lockedWriter({ parts, signal }: Session): Promise<Writer | undefined> {
  while (!signal.aborted) {
    const writer = await openWriter(parts);
    if (!('runningIn' in writer)) return writer;
    await pause(200, signal);
  }
  return undefined;
}
