import type { ContainerDetails, StopOptions } from '../../engine/port.ts';
import { existing } from '../candidate.ts';
import type { Context } from '../context.ts';

const engineGraceSeconds = 10;
const margin = 1_000;
const poll = 250;
const longest = 60_000;

/**
 * The container once it has stopped, or once a stop that may be under way would be over; null where it is gone.
 * Nothing on the engine tells whether one was asked for, by a run that died or by a call that broke off.
 */
export async function outlastStop(
  { engine, now, sleep }: Context,
  id: string,
  { graceSeconds }: StopOptions,
): Promise<ContainerDetails | null> {
  let details = await existing(engine.inspect(id));
  const grace = graceSeconds ?? details?.Config.StopTimeout ?? engineGraceSeconds;
  const until = now().getTime() + (grace < 0 ? longest : grace * 1000 + margin);
  while (details?.State.Running && now().getTime() < until) {
    await sleep(poll);
    details = await existing(engine.inspect(id));
    if (details === null || details.State.Running || !details.HostConfig.AutoRemove) continue;
    await engine.waitRemoved(id);
    return null;
  }
  return details;
}
