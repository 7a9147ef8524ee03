import { containerSettings } from '../../config/container.ts';
import type { Plan } from '../../decisions.ts';
import type { ContainerDetails } from '../../engine/port.ts';
import { longestVerdict } from '../../engine/state.ts';
import { AppError } from '../../errors/app-error.ts';
import { existing } from '../candidate.ts';
import type { Context } from '../context.ts';
import { workloadFrom } from '../list.ts';
import { unknownVersion } from '../version.ts';

const minute = 60_000;

/**
 * Resolves when every health check agrees that the plan's workload is healthy; else throws UNHEALTHY. One that is gone
 * was removed by somebody, which says nothing against its image, unless the engine removes it when it dies (`gone`).
 */
export async function verify(
  context: Context,
  plan: Plan,
  gone: 'CONTAINER_CHANGED' | 'UNHEALTHY' = 'CONTAINER_CHANGED',
): Promise<void> {
  const removed = () => new AppError(gone, 'it was removed before it was proven healthy');
  const details = await existing(context.engine.inspect(plan.workload.id));
  if (details === null) throw removed();
  const own = longestVerdict(details.Config.Healthcheck);
  const reasons = await context.verdicts.unhealthy(plan, own + plan.stabilityWindow + minute);
  const after = await existing(context.engine.inspect(plan.workload.id));
  if (after === null && gone === 'CONTAINER_CHANGED') throw removed();
  if (reasons.length > 0) throw new AppError('UNHEALTHY', reasons.join('; '));
  if (after?.State.Running !== true) throw new AppError('UNHEALTHY', 'it stopped while it was being verified');
}

/** The plan of a container whose update someone else began, as far as the container tells. */
export function planFor({ cycle, now, settings }: Context, details: ContainerDetails): Plan {
  const workload = workloadFrom(details);
  const version = unknownVersion(workload.image, details.Image);
  const labels = details.Config.Labels ?? {};
  const { stabilityWindow, cooldownDelay } = containerSettings(labels, settings);
  const rest = { bump: 'unknown', strategy: 'stop-first', firstSeen: now().toISOString(), dryRun: false } as const;
  const terms = { stabilityWindow, cooldownDelay, approval: null };
  return { cycle, workload, from: version, to: version, labels, ...terms, ...rest };
}
