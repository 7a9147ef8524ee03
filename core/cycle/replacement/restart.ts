import { problemOf } from '../../errors/app-error.ts';
import { existing } from '../candidate.ts';
import type { Context } from '../context.ts';
import type { Endings } from '../endings.ts';
import type { Restart } from '../groups/member.ts';
import { onceEngineAnswers } from './engine-away.ts';
import { stopOptions } from './strategy.ts';
import { verify } from './verify.ts';

/**
 * Restarts what depends on replaced containers, providers first, and states each once it has passed its health checks.
 * The engine does it in one call, so that whoever dies meanwhile leaves nothing stopped.
 */
export async function restartAll(context: Context, restarts: readonly Restart[], endings?: Endings): Promise<void> {
  for (const restart of restarts) await restartOne(context, restart, endings);
}

async function restartOne(context: Context, restart: Restart, endings: Endings | undefined): Promise<void> {
  const { engine, bus, cycle, now } = context;
  const { workload, original, plan } = restart;
  const present = await onceEngineAnswers(context, () => existing(engine.inspect(original.Id))).catch(() => null);
  // Someone else has removed or stopped it meanwhile.
  if (present?.State.Running !== true) return;
  const began = now().getTime();
  await endings?.drawIn(workload.id);
  // A recovery comes before the look at everything, which ends each workload's part.
  const ends = endings === undefined ? {} : ({ ending: true } as const);
  try {
    await engine.restart(original.Id, stopOptions(context, restart));
    await verify(context, plan);
    const seconds = (now().getTime() - began) / 1000;
    await bus.emit({ type: 'restarted', how: 'restart', ...ends, cycle, workload, seconds });
  } catch (error) {
    const left = await existing(engine.inspect(original.Id)).catch(() => null);
    const outcome = left?.State.Running === true ? 'unchanged' : 'down';
    const failed = { type: 'failed', phase: 'restart', logTail: [], ...ends } as const;
    await bus.emit({ ...failed, outcome, cycle, workload, problem: problemOf(error) });
  }
}
