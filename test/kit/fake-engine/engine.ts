import type { CreateSpec, Engine, Follow, Probe } from '../../../core/engine/port.ts';
import { AppError, hasCode } from '../../../core/errors/app-error.ts';
import { lastText } from '../../../core/last-text.ts';
import type { ExecCommand, ExecResult } from '../../../core/plugin.ts';
import type { FakeRegistry } from '../fake-registry.ts';
import type { FakeExec } from './behaviour.ts';
import { createContainer } from './create.ts';
import { containerDetails, containerSummary } from './details.ts';
import { changesOf, copyBetween, factsOf, layerSizeOf } from './files.ts';
import { findImage, imageDetails, imageSummary, removeImage, tagImage } from './images.ts';
import { remove, setRestartPolicy, start, stop } from './life.ts';
import { connect, findNetwork } from './networks.ts';
import { pull } from './pull.ts';
import { behaviourOf, checkName, type EngineState, findContainer } from './state.ts';

interface Parts {
  readonly state: EngineState;
  readonly registry: FakeRegistry;
  /** Endpoints that a probe finds refused. */
  readonly refused: readonly string[];
  /** Every call goes through this. */
  readonly record: <Result>(
    method: string,
    args: readonly unknown[],
    work: () => Result | Promise<Result>,
  ) => Promise<Result>;
}

/** The port's methods, each one recorded call. */
export function engineOver({ state, registry, refused, record }: Parts): Engine {
  const find = (container: string) => findContainer(state, container);
  const removeContainer = (container: string, options: { readonly volumes: boolean }) =>
    record('remove', [container, options], () => remove(state, find(container), options));

  async function create(name: string, spec: CreateSpec): Promise<string> {
    const id = await record('create', [name, spec], () => {
      for (const network of spec.networks) findNetwork(state, network.name);
      return createContainer(state, name, spec).id;
    });
    try {
      for (const { name: network, endpoint } of spec.networks.slice(1)) {
        await record('connect', [id, network, endpoint], () => connect(state, find(id), network, endpoint));
      }
    } catch (error) {
      await removeContainer(id, { volumes: true });
      throw error;
    }
    return id;
  }

  return {
    info: () => record('info', [], () => state.info),
    list: () =>
      record('list', [], () => [...state.containers.values()].reverse().map((one) => containerSummary(state, one))),
    images: () => record('images', [], () => [...state.images.values()].map(imageSummary)),
    inspect: (container) => record('inspect', [container], () => containerDetails(state, find(container))),
    inspectImage: (image) => record('inspectImage', [image], () => imageDetails(findImage(state, image))),
    pull: (reference, options) => {
      const { credentials, platform } = options;
      return record('pull', [reference, { credentials, platform }], () => pull(state, registry, reference, options));
    },
    tag: (image, repository, tag) =>
      record('tag', [image, repository, tag], () => tagImage(state, findImage(state, image), repository, tag)),
    removeImage: (image) => record('removeImage', [image], () => removeImage(state, image)),
    create,
    start: (container) => record('start', [container], () => start(state, find(container))),
    stop: (container, options) => record('stop', [container, options], () => stop(state, find(container), options)),
    restart: (container, options) =>
      record('restart', [container, options], async () => {
        await stop(state, find(container), options);
        start(state, find(container));
      }),
    rename: (container, name) => record('rename', [container, name], () => rename(state, container, name)),
    setRestartPolicy: (container, policy) =>
      record('setRestartPolicy', [container, policy], () => setRestartPolicy(find(container), policy)),
    remove: removeContainer,
    waitRemoved: (container, signal) => record('waitRemoved', [container], () => removal(state, container, signal)),
    logs: (container, lines) => record('logs', [container, lines], () => find(container).log.slice(-lines)),
    follow: (container) => record('follow', [container], () => follow(state, container)),
    exec: (container, command) => record('exec', [container, command.argv], () => execIn(state, container, command)),
    changes: (container) => record('changes', [container], () => changesOf(find(container))),
    layerSize: (container) => record('layerSize', [container], () => layerSizeOf(find(container))),
    fileFacts: (container, path) => record('fileFacts', [container, path], () => factsOf(find(container), path)),
    copyFile: (copy) => record('copyFile', [copy], () => copyBetween(state, copy)),
    probe: (purpose = 'replace') =>
      record('probe', [], () => probed[purpose].map((endpoint) => probeOf(endpoint, refused))),
  };
}

function rename(state: EngineState, wanted: string, name: string): void {
  const container = findContainer(state, wanted);
  if (container.name === name) {
    throw new AppError('ENGINE_REFUSED', 'Renaming a container with the same name as its current name');
  }
  checkName(state, name);
  container.name = name;
}

function follow(state: EngineState, wanted: string): Follow {
  const container = findContainer(state, wanted);
  const said: string[] = [];
  container.followers.add(said);
  return { lines: (count) => said.slice(-count), close: () => void container.followers.delete(said) };
}

function execIn(state: EngineState, wanted: string, command: ExecCommand): ExecResult {
  const { argv, timeout = 60_000, signal } = command;
  const container = findContainer(state, wanted);
  if (container.status !== 'running') throw new AppError('ENGINE_CONFLICT', `container ${wanted} is not running`);
  if (signal?.aborted) throw new AppError('STOPPED_BY_SIGNAL', `the run of ${argv[0]} was stopped`);
  const missing: FakeExec = { exitCode: 127, output: `exec: "${argv[0]}": executable file not found in $PATH` };
  const { takes = 0, ...result } = behaviourOf(state, container).execs?.(argv, command) ?? missing;
  state.clock.advance(Math.min(takes, timeout));
  if (takes > timeout) throw new AppError('ENGINE_TIMEOUT', `${argv[0]} took longer than ${timeout / 1000} s`);
  return { ...result, output: lastText(Buffer.from(result.output), 64 * 1024) };
}

async function removal(state: EngineState, wanted: string, signal: AbortSignal | undefined): Promise<void> {
  const removed = removedSet(state, wanted);
  if (removed === undefined) return;
  await new Promise<void>((resolve, reject) => {
    const stop = () => reject(new AppError('STOPPED_BY_SIGNAL', `the wait for ${wanted} was stopped`));
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop, { once: true });
    removed.add(resolve);
  });
}

function removedSet(state: EngineState, wanted: string): Set<() => void> | undefined {
  try {
    return findContainer(state, wanted).removed;
  } catch (error) {
    if (hasCode(error, 'ENGINE_NOT_FOUND')) return undefined;
    throw error;
  }
}

const probed = {
  exec: ['POST /containers/{id}/exec', 'POST /exec/{id}/start', 'GET /exec/{id}/json'],
  replace: [
    'GET /containers/json',
    'GET /images/json',
    'GET /containers/{id}/json',
    'GET /images/{id}/json',
    'POST /images/create',
    'POST /images/{id}/tag',
    'DELETE /images/{id}',
    'POST /containers/create',
    'GET /networks/{id}',
    'POST /networks/{id}/connect',
    'POST /containers/{id}/start',
    'POST /containers/{id}/stop',
    'POST /containers/{id}/restart',
    'POST /containers/{id}/rename',
    'POST /containers/{id}/update',
    'POST /containers/{id}/wait',
    'GET /containers/{id}/logs',
    'GET /containers/{id}/changes',
    'HEAD /containers/{id}/archive',
    'GET /containers/{id}/archive',
    'PUT /containers/{id}/archive',
    'DELETE /containers/{id}',
  ],
};

function probeOf(endpoint: string, refused: readonly string[]): Probe {
  return { endpoint, allowed: !refused.includes(endpoint) };
}
