import type { ContainerDetails, ContainerState, ContainerSummary, Healthcheck } from '../../../core/engine/port.ts';
import { hasCode } from '../../../core/errors/app-error.ts';
import { findImage } from './images.ts';
import { behaviourOf, type EngineState, isUp, type StoredContainer } from './state.ts';

/** `GET /containers/{id}/json`: a copy, as what comes over a wire is. */
export function containerDetails(state: EngineState, container: StoredContainer): ContainerDetails {
  const { config } = container;
  const [Path = '', ...Args] = [...(config.Entrypoint ?? []), ...(config.Cmd ?? [])];
  return structuredClone({
    Id: container.id,
    Created: timestamp(container.created),
    Path,
    Args,
    State: containerState(state, container),
    Image: container.imageId,
    Name: `/${container.name}`,
    RestartCount: container.restartCount,
    Driver: state.info.storageDriver,
    Platform: state.info.os,
    HostConfig: { ...container.hostConfig, Links: shownLinks(state, container) },
    Mounts: container.mounts,
    Config: config,
    NetworkSettings: { Ports: container.ports, Networks: Object.fromEntries(container.endpoints) },
  });
}

/** By the names of now, without those that are gone. */
function shownLinks(state: EngineState, { links, name }: StoredContainer): readonly string[] | null {
  const shown = links.flatMap(({ provider, alias }) => {
    const found = state.containers.get(provider);
    return found === undefined ? [] : [`/${found.name}:/${name}/${alias}`];
  });
  return shown.length === 0 ? null : shown;
}

export function containerSummary(state: EngineState, container: StoredContainer): ContainerSummary {
  return {
    id: container.id,
    name: container.name,
    image: shownImage(state, container),
    imageId: container.imageId,
    state: container.status,
    labels: { ...container.config.Labels },
    networkMode: container.hostConfig.NetworkMode ?? 'default',
  };
}

/** The reference it was created with, as long as that still means the same image. */
function shownImage(state: EngineState, { config, imageId }: StoredContainer): string {
  try {
    return findImage(state, config.Image).id === imageId ? config.Image : imageId;
  } catch (error) {
    if (hasCode(error, 'ENGINE_NOT_FOUND')) return imageId;
    throw error;
  }
}

function containerState(state: EngineState, container: StoredContainer): ContainerState {
  const { status } = container;
  const health = healthOf(state, container);
  return {
    Status: status,
    Running: isUp(container),
    Paused: status === 'paused',
    Restarting: status === 'restarting',
    OOMKilled: false,
    Dead: false,
    ExitCode: container.exitCode,
    Error: container.error,
    StartedAt: timestamp(container.startedAt),
    FinishedAt: timestamp(container.finishedAt),
    ...(health === undefined ? {} : { Health: health }),
  };
}

const defaultInterval = 30_000;
const nanosecondsPerMillisecond = 1e6;

/** None before the first start; a container that is paused or has ended counts as unhealthy. */
function healthOf(state: EngineState, container: StoredContainer): ContainerState['Health'] {
  const check = container.config.Healthcheck;
  if (!isChecked(check) || container.startedAt === undefined) return undefined;
  const behaviour = behaviourOf(state, container);
  const interval = (check.Interval ?? 0) / nanosecondsPerMillisecond || defaultInterval;
  const { unhealthyAfter = Number.POSITIVE_INFINITY } = behaviour;
  const healthyAfter = behaviour.healthyAfter ?? (behaviour.unhealthyAfter === undefined ? interval : undefined);
  const age = state.clock.now() - container.startedAt;
  if (container.status !== 'running') return { Status: 'unhealthy', Log: [] };
  if (age >= unhealthyAfter) return { Status: 'unhealthy', Log: [{ Output: 'the check failed' }] };
  if (healthyAfter !== undefined && age >= healthyAfter) return { Status: 'healthy', Log: [{ Output: '' }] };
  return { Status: 'starting', Log: [] };
}

function isChecked(check: Healthcheck | null | undefined): check is Healthcheck {
  return check?.Test?.[0] !== undefined && check.Test[0] !== 'NONE';
}

function timestamp(moment: number | undefined): string {
  return moment === undefined ? '0001-01-01T00:00:00Z' : new Date(moment).toISOString();
}
