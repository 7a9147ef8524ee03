import type { Context } from '../cycle/context.ts';
import { AppError, problemOf } from '../errors/app-error.ts';
import { findHelper, isAtWork, isLeftHalfDone, startHelper } from './helper.ts';
import type { OwnContainer } from './own-container.ts';

type Waiting = Pick<Context, 'engine' | 'log' | 'signal' | 'sleep'>;

const poll = 500;
/** A helper that fails so often before our container is stopped will not succeed. */
const mostRestarts = 6;

/**
 * Waits as long as a helper is at work on the container this process runs in, so that there are never two at work:
 * in the one that is replaced, and in the one that takes over and is being verified. What no helper has put in order
 * is left to a new one, once. Rejects with STOPPED_BY_SIGNAL where Belfry is asked to stop.
 */
export async function standBy(waiting: Waiting, own: OwnContainer): Promise<void> {
  const { engine, log } = waiting;
  await helperDone(waiting, own);
  if (!(await isLeftHalfDone(engine, own))) return;
  log.info('an update of this container was interrupted; a helper container puts it in order');
  try {
    await startHelper(engine, own, '');
    await helperDone(waiting, own);
  } catch (error) {
    if (waiting.signal.aborted) throw error;
    log.warn(`the helper container failed: ${problemOf(error).message}`);
  }
}

async function helperDone({ engine, log, signal, sleep }: Waiting, own: OwnContainer): Promise<void> {
  for (let told = false; !signal.aborted; ) {
    // While the engine is away nobody knows whether it works, so it counts as if it did.
    const helper = await findHelper(engine, own).catch(() => undefined);
    if (helper === null || (helper !== undefined && !isAtWork(helper))) return;
    if (helper !== undefined && helper.RestartCount >= mostRestarts) {
      log.warn(`the helper container ended ${helper.RestartCount} times and is stopped`);
      return engine.stop(helper.Id, { signal: null, graceSeconds: null });
    }
    if (!told) log.info('a helper container replaces this one; waiting until it is done');
    told = true;
    await sleep(poll, signal).catch(() => {}); // Asked to stop.
  }
  throw new AppError('STOPPED_BY_SIGNAL', 'Belfry was asked to stop');
}
