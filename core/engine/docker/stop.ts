import { AppError, hasCode } from '../../errors/app-error.ts';
import { speaks } from '../api-version.ts';
import type { Engine, RestartPolicy, StopOptions } from '../port.ts';
import type { Ask } from './call.ts';

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
  if (!(await changePolicy(ask, container, noRestart))) {
    throw new AppError(
      'ENGINE_REFUSED',
      `a container with restart: ${policy.Name} cannot be stopped by ${signal} here`,
      {
        hint: 'This engine cannot change a restart policy, so it would start again; have it stopped by its own signal.',
      },
    );
  }
  try {
    await stopByKill(ask, { container, signal, grace, margin });
  } finally {
    await absentIsFine(engine.setRestartPolicy(container, policy));
  }
}

/**
 * Restarts a container in one call, which the engine finishes by itself. Below API 1.42 that goes by the container's
 * own signal, whatever the caller says: made of its parts it could end in the middle, and with `--rm` would.
 */
export async function restartContainer(connection: Connection, container: string, options: StopOptions): Promise<void> {
  const { engine, ask, apiVersion, margin } = connection;
  const { Config } = await engine.inspect(container);
  const grace = options.graceSeconds ?? Config.StopTimeout ?? engineGraceSeconds;
  const signal = speaks(apiVersion, '1.42') ? options.signal : null;
  await stop(ask, { container, signal, grace, margin }, 'restart');
}

/** Lets a call pass whose purpose someone else has fulfilled. */
export async function absentIsFine(asked: Promise<unknown>): Promise<void> {
  try {
    await asked;
  } catch (error) {
    if (!hasCode(error, 'ENGINE_NOT_FOUND', 'ENGINE_CONFLICT')) throw error;
  }
}

/**
 * Whether the engine can change a restart policy at all. Podman before 5.1 cannot; there, a container that was stopped
 * is started by nobody but `podman-restart.service` as the machine starts.
 */
export async function changePolicy(ask: Ask, container: string, policy: RestartPolicy, left = 5): Promise<boolean> {
  try {
    await ask({ method: 'POST', path: `/containers/${container}/update`, body: { RestartPolicy: policy } });
    return true;
  } catch (error) {
    // Of an endpoint it does not have, it says no more than that.
    if (hasCode(error, 'ENGINE_NOT_FOUND') && error.message === 'Not Found') return false;
    // It ended in that very moment: a newer engine then refuses what it would take a moment later.
    if (left === 0 || !hasCode(error, 'ENGINE_FAILED') || !/stopped container/.test(error.message)) throw error;
    return changePolicy(ask, container, policy, left - 1);
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

async function stop(
  ask: Ask,
  { container, signal, grace, margin }: Order,
  verb: 'stop' | 'restart' = 'stop',
): Promise<void> {
  await ask({
    method: 'POST',
    path: `/containers/${container}/${verb}`,
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
