import { hasCode } from '../../errors/app-error.ts';
import type { Engine, RestartPolicy, StopOptions } from '../port.ts';
import type { Ask } from './call.ts';
import { speaks } from './negotiate.ts';

const second = 1000;
/** What the engine waits before SIGKILL where neither the caller nor the container says otherwise. */
const engineGraceSeconds = 10;

/** For a call that lasts as long as a container does. */
export const longest = 24 * 60 * 60 * second;

interface Connection {
  readonly engine: Engine;
  readonly ask: Ask;
  readonly apiVersion: string;
  /** What the engine may take beyond the grace, in milliseconds. */
  readonly margin: number;
}

/** Stops a container with the caller's signal and grace, else its own; its restart policy stays as it was. */
export async function stopContainer(
  { engine, ask, apiVersion, margin }: Connection,
  container: string,
  options: StopOptions,
): Promise<void> {
  const { Config, HostConfig } = await engine.inspect(container);
  const grace = options.graceSeconds ?? Config.StopTimeout ?? engineGraceSeconds;
  const { signal } = options;
  if (signal === null || speaks(apiVersion, '1.42')) return stop(ask, { container, signal, grace, margin });
  const policy = HostConfig.RestartPolicy;
  if (policy === undefined || policy.Name === '' || policy.Name === 'no') {
    return stopByKill(ask, { container, signal, grace, margin });
  }
  await engine.setRestartPolicy(container, noRestart);
  try {
    await stopByKill(ask, { container, signal, grace, margin });
  } finally {
    await absentIsFine(engine.setRestartPolicy(container, policy));
  }
}

/** Lets a call pass whose purpose someone else has fulfilled. */
export async function absentIsFine(asked: Promise<unknown>): Promise<void> {
  try {
    await asked;
  } catch (error) {
    if (!hasCode(error, 'ENGINE_NOT_FOUND', 'ENGINE_CONFLICT')) throw error;
  }
}

/** Any other policy would bring a container back as soon as a signal ends it. */
const noRestart: RestartPolicy = { Name: 'no', MaximumRetryCount: 0 };

interface Order {
  readonly container: string;
  readonly signal: string | null;
  readonly grace: number;
  readonly margin: number;
}

async function stop(ask: Ask, { container, signal, grace, margin }: Order): Promise<void> {
  await ask({
    method: 'POST',
    path: `/containers/${container}/stop`,
    query: { t: grace, ...(signal === null ? {} : { signal }) },
    deadline: grace < 0 ? longest : grace * second + margin,
  });
}

/** Below API 1.42 the engine ignores the signal of a stop, so the stop is made of its parts. */
async function stopByKill(
  ask: Ask,
  { container, signal, grace, margin }: Order & { readonly signal: string },
): Promise<void> {
  const path = `/containers/${container}`;
  try {
    await ask({ method: 'POST', path: `${path}/kill`, query: { signal } });
  } catch (error) {
    if (hasCode(error, 'ENGINE_CONFLICT')) return; // It is not running any more.
    throw error;
  }
  try {
    const deadline = grace < 0 ? longest : grace * second;
    await ask({ method: 'POST', path: `${path}/wait`, query: { condition: 'not-running' }, deadline });
  } catch (error) {
    if (!hasCode(error, 'ENGINE_TIMEOUT')) throw error;
    await stop(ask, { container, signal: null, grace: 0, margin });
  }
}
