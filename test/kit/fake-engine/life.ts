import type { RestartPolicy, StopOptions } from '../../../core/engine/port.ts';
import { AppError, hasCode } from '../../../core/errors/app-error.ts';
import { signalName } from './behaviour.ts';
import { checkPolicy } from './create.ts';
import { attach, detach } from './networks.ts';
import { publish } from './ports.ts';
import { behaviourOf, type EngineState, findContainer, isUp, type StoredContainer } from './state.ts';

const second = 1000;
const engineGraceSeconds = 10;
const firstRestartDelay = 100;
const longestRestartDelay = 60 * second;
const exitCodes = { notFound: 127, notStarted: 128, killed: 137 };

/** Lets everything happen that is due by now: processes end, restarts come. */
export function settle(state: EngineState): void {
  for (;;) {
    const [next] = [...state.containers.values()]
      .filter(({ due }) => due !== undefined && due <= state.clock.now())
      .sort((left, right) => (left.due ?? 0) - (right.due ?? 0));
    if (next === undefined) return;
    const moment = next.due ?? 0;
    next.due = undefined;
    if (next.status === 'restarting') tryToRun(state, next, moment);
    else exit(state, next, { moment, code: behaviourOf(state, next).exitCode ?? 0 });
  }
}

export function start(state: EngineState, container: StoredContainer): void {
  if (container.status === 'paused') throw conflict('cannot start a paused container, try unpause instead');
  if (isUp(container)) return;
  container.restartCount = 0;
  container.restartDelay = 0;
  container.stoppedByHand = false;
  try {
    run(state, container, state.clock.now());
  } catch (error) {
    if (container.hostConfig.AutoRemove) remove(state, container, { volumes: true });
    throw error;
  }
}

/** Sends the signal, waits as long as the process takes but no longer than the grace, then kills it. */
export async function stop(state: EngineState, container: StoredContainer, options: StopOptions): Promise<void> {
  if (!isUp(container)) return;
  if (container.status === 'restarting') return end(state, container, container.exitCode);
  const { signals = {}, stopsAfter = 0 } = behaviourOf(state, container);
  const signal = signalName(options.signal ?? container.config.StopSignal ?? 'SIGTERM');
  const reaction = signals[signal] ?? 0;
  const grace = options.graceSeconds ?? container.config.StopTimeout ?? engineGraceSeconds;
  const patience = grace < 0 ? Number.POSITIVE_INFINITY : grace * second;
  const takes = reaction === 'ignored' ? Number.POSITIVE_INFINITY : stopsAfter;
  container.stoppedByHand = true;
  if (takes === Number.POSITIVE_INFINITY && grace < 0) {
    throw new AppError('ENGINE_TIMEOUT', `${container.name} does not end by ${signal}`);
  }
  await state.clock.sleep(Math.min(takes, patience));
  if (!state.containers.has(container.id)) return;
  end(state, container, reaction === 'ignored' || takes > patience ? exitCodes.killed : reaction);
}

/** Its process ends by itself. */
export function crash(state: EngineState, container: StoredContainer, code: number): void {
  if (isUp(container)) exit(state, container, { moment: state.clock.now(), code });
}

export function setRestartPolicy(container: StoredContainer, policy: RestartPolicy): void {
  checkPolicy(policy.Name);
  if (container.hostConfig.AutoRemove && policy.Name !== '' && policy.Name !== 'no') {
    throw conflict('Restart policy cannot be updated because AutoRemove is enabled for the container');
  }
  // The engine takes an update without a name for none at all.
  if (policy.Name !== '') container.hostConfig = { ...container.hostConfig, RestartPolicy: policy };
}

export function remove(state: EngineState, container: StoredContainer, options: { readonly volumes: boolean }): void {
  if (isUp(container)) {
    const how = container.status === 'paused' ? 'a paused' : 'a running';
    throw conflict(`You cannot remove ${how} container ${container.id}`);
  }
  state.containers.delete(container.id);
  const inUse = new Set([...state.containers.values()].flatMap(({ mounts }) => mounts.map(({ Name }) => Name)));
  if (options.volumes) for (const name of container.ownVolumes) if (!inUse.has(name)) state.volumes.delete(name);
  for (const tell of container.removed) tell();
}

function run(state: EngineState, container: StoredContainer, moment: number): void {
  const behaviour = behaviourOf(state, container);
  try {
    joinNamespaces(state, container);
    const ports = publish(state, container);
    attach(state, container);
    container.ports = ports;
    if (behaviour.startError !== undefined) throw new AppError('ENGINE_REFUSED', behaviour.startError);
  } catch (error) {
    release(container);
    container.error = error instanceof Error ? error.message : String(error);
    container.exitCode = hasCode(error, 'ENGINE_REFUSED') ? exitCodes.notFound : exitCodes.notStarted;
    throw error;
  }
  Object.assign(container, { status: 'running', exitCode: 0, error: '', startedAt: moment });
  container.due = behaviour.exitsAfter === undefined ? undefined : moment + behaviour.exitsAfter;
  for (const line of behaviour.says ?? []) {
    container.log.push(line);
    for (const follower of container.followers) follower.push(line);
  }
}

/** A restart that fails leaves the container exited: nobody is there to be told. */
function tryToRun(state: EngineState, container: StoredContainer, moment: number): void {
  try {
    run(state, container, moment);
  } catch {
    Object.assign(container, { status: 'exited', finishedAt: moment });
  }
}

function joinNamespaces(state: EngineState, container: StoredContainer): void {
  const { NetworkMode = '', PidMode = '', IpcMode = '' } = container.hostConfig;
  for (const mode of [NetworkMode, PidMode, IpcMode].filter((one) => one.startsWith('container:'))) {
    const provider = findContainer(state, mode.slice('container:'.length));
    if (!isUp(provider)) throw conflict(`cannot join a namespace of a non running container: ${provider.id}`);
    if (mode !== NetworkMode) continue;
    const { Hostname = '', Domainname = '' } = provider.config;
    container.config = { ...container.config, Hostname, Domainname };
  }
}

interface Exit {
  readonly moment: number;
  readonly code: number;
}

function exit(state: EngineState, container: StoredContainer, { moment, code }: Exit): void {
  const lasted = moment - (container.startedAt ?? moment);
  release(container);
  Object.assign(container, { status: 'exited', exitCode: code, finishedAt: moment, due: undefined });
  if (restarts(container)) {
    const grown = lasted >= 10 * second ? firstRestartDelay : container.restartDelay * 2 || firstRestartDelay;
    container.restartDelay = Math.min(grown, longestRestartDelay);
    container.restartCount += 1;
    Object.assign(container, { status: 'restarting', due: moment + container.restartDelay });
  } else if (container.hostConfig.AutoRemove) remove(state, container, { volumes: true });
}

function end(state: EngineState, container: StoredContainer, code: number): void {
  container.stoppedByHand = true;
  exit(state, container, { moment: state.clock.now(), code });
}

function restarts({ hostConfig, stoppedByHand, exitCode, restartCount }: StoredContainer): boolean {
  const { Name = '', MaximumRetryCount = 0 } = hostConfig.RestartPolicy ?? {};
  if (stoppedByHand) return false;
  if (Name === 'always' || Name === 'unless-stopped') return true;
  return Name === 'on-failure' && exitCode !== 0 && (MaximumRetryCount === 0 || restartCount < MaximumRetryCount);
}

function release(container: StoredContainer): void {
  container.ports = {};
  detach(container);
}

function conflict(words: string): AppError {
  return new AppError('ENGINE_CONFLICT', words);
}
