import { createHash } from 'node:crypto';
import type { ContainerConfig, Endpoint, EngineInfo, HostConfig, MountPoint } from '../../../core/engine/port.ts';
import { AppError } from '../../../core/errors/app-error.ts';
import type { Candidate } from '../../../core/registry/port.ts';
import type { FakeClock } from '../fake-clock.ts';
import type { Behaviour } from './behaviour.ts';
import type { StoredFile } from './files.ts';

/** Everything a fake engine holds; the files beside this one act on it as parts of a real engine do. */
export interface EngineState {
  readonly clock: FakeClock;
  readonly info: EngineInfo;
  /** By id. */
  readonly images: Map<string, StoredImage>;
  /** By id, in the order of their creation. */
  readonly containers: Map<string, StoredContainer>;
  /** By name. */
  readonly networks: Map<string, StoredNetwork>;
  readonly volumes: Set<string>;
  /** By image id. */
  readonly behaviours: Map<string, Behaviour>;
  /** What has been made so far, so that ids and addresses never repeat. */
  made: number;
}

export interface StoredImage {
  readonly id: string;
  readonly content: Candidate;
  /** `web:1`, as the engine shows them. */
  readonly tags: Set<string>;
  /** `web@sha256:…` */
  readonly digests: Set<string>;
}

export interface StoredNetwork {
  readonly name: string;
  readonly id: string;
  /** The first three numbers of its addresses; null where containers get none. */
  readonly prefix: string | null;
  /** A subnet that a user chose: only such a network takes static addresses. */
  readonly configured: boolean;
}

export type Status = 'created' | 'running' | 'paused' | 'restarting' | 'exited';

export interface StoredContainer {
  readonly id: string;
  readonly imageId: string;
  readonly created: number;
  name: string;
  config: ContainerConfig;
  hostConfig: HostConfig;
  readonly endpoints: Map<string, Endpoint>;
  readonly mounts: readonly MountPoint[];
  /** The volumes that were made for it without a name. */
  readonly ownVolumes: readonly string[];
  /** Whom it reaches by which alias, as the names were when it was made. */
  readonly links: readonly { readonly provider: string; readonly alias: string }[];
  /** Published ports while it runs, as inspect shows them. */
  ports: Readonly<Record<string, readonly PublishedPort[] | null>>;
  status: Status;
  exitCode: number;
  error: string;
  startedAt: number | undefined;
  finishedAt: number | undefined;
  /** When its process will end by itself, or a restart is due. */
  due: number | undefined;
  restartCount: number;
  restartDelay: number;
  stoppedByHand: boolean;
  /** In its own layer, by path. */
  readonly files: Map<string, StoredFile>;
  readonly log: string[];
  readonly followers: Set<string[]>;
  /** Called once it is removed. */
  readonly removed: Set<() => void>;
}

export interface PublishedPort {
  readonly HostIp: string;
  readonly HostPort: string;
}

/** 64 hexadecimal digits, the same in every run. */
export function newId(state: EngineState, kind: string): string {
  state.made += 1;
  return createHash('sha256').update(`${kind} ${state.made}`).digest('hex');
}

/** By id, name or the beginning of an id. Throws ENGINE_NOT_FOUND. */
export function findContainer(state: EngineState, wanted: string): StoredContainer {
  const all = [...state.containers.values()];
  const name = wanted.replace(/^\//, '');
  const found =
    state.containers.get(wanted) ??
    all.find((container) => container.name === name) ??
    all.find((container) => /^[0-9a-f]{4,}$/.test(wanted) && container.id.startsWith(wanted));
  if (found === undefined) throw new AppError('ENGINE_NOT_FOUND', `No such container: ${wanted}`);
  return found;
}

/** Throws as the engine does where a name is malformed or another container has it. */
export function checkName(state: EngineState, name: string): void {
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name)) {
    const rule = 'only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed';
    throw new AppError('ENGINE_REFUSED', `Invalid container name (${name}), ${rule}`);
  }
  const holder = [...state.containers.values()].find((container) => container.name === name);
  if (holder === undefined) return;
  const words = `The container name "/${name}" is already in use by container "${holder.id}".`;
  throw new AppError('ENGINE_CONFLICT', `Conflict. ${words}`);
}

export function isUp(container: StoredContainer): boolean {
  return container.status === 'running' || container.status === 'paused' || container.status === 'restarting';
}

export function behaviourOf(state: EngineState, { imageId }: StoredContainer): Behaviour {
  return state.behaviours.get(imageId) ?? {};
}
