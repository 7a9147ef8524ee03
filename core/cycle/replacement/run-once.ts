import { AppError } from '../../errors/app-error.ts';
import { existing } from '../candidate.ts';
import type { Context } from '../context.ts';

const poll = 500;
const longest = 30 * 60_000;

/**
 * Runs a container that is meant to run once, such as a migration, to its end; one that has ended is not run again.
 * Throws UNHEALTHY where it ends with another exit code than 0, or not within half an hour.
 */
export async function runOnce({ engine, now, sleep }: Context, id: string): Promise<void> {
  const until = now().getTime() + longest;
  for (;;) {
    const details = await existing(engine.inspect(id));
    if (details === null) throw new AppError('CONTAINER_CHANGED', 'someone removed it before it had run to its end');
    const { Status, ExitCode } = details.State;
    if (Status === 'exited' && ExitCode === 0) return;
    if (Status === 'exited') throw new AppError('UNHEALTHY', `it ended with code ${ExitCode}`);
    if (now().getTime() > until) throw new AppError('UNHEALTHY', 'it has not ended within half an hour');
    if (Status === 'created') await engine.start(id);
    else await sleep(poll);
  }
}
