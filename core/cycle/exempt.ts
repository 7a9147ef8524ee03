import { readFileSync } from 'node:fs';
import type { Code } from '../errors/catalogue.ts';
import { isStopped, type Listed } from './list.ts';
import { parked } from './names.ts';

export interface Exemption {
  readonly code: Code;
  readonly reason: string;
}

/** Why a workload is never updated, as far as its row in the list says; undefined where it may be. */
export function exemption({ container, settings, workload }: Listed): Exemption | undefined {
  const { labels, state } = container;
  if (labels['com.docker.swarm.task.id'] !== undefined) {
    return { code: 'SWARM_TASK', reason: 'it is a task of a Swarm service' };
  }
  if (labels['io.kubernetes.pod.name'] !== undefined) {
    return { code: 'KUBERNETES_POD', reason: `it belongs to the pod ${labels['io.kubernetes.pod.name']}` };
  }
  if (/(^|\/)podman-pause:/.test(container.image)) {
    return { code: 'PODMAN_INFRA', reason: 'it is the infra container of a pod' };
  }
  if (parked(workload.name) !== undefined) {
    return { code: 'NAME_RESERVED', reason: 'its name is one that Belfry gives to parked containers' };
  }
  if (labels['com.docker.compose.project'] !== undefined && /^[0-9a-f]{12}_/.test(workload.name)) {
    return { code: 'STATE_UNSUITABLE', reason: 'Compose gave it a name for the time of a recreation' };
  }
  if (container.id === ownContainerId()) {
    return { code: 'OWN_CONTAINER', reason: 'Belfry itself runs in it' };
  }
  if (settings.problems.length > 0) {
    return { code: 'LABEL_INVALID', reason: settings.problems.join('; ') };
  }
  if (state !== 'running' && !isStopped(state)) {
    return { code: 'STATE_UNSUITABLE', reason: `it is ${state}` };
  }
  return undefined;
}

let own: string | null | undefined;

/** The id of the container this process runs in, as the mounts that the engine made for it tell; else null. */
function ownContainerId(): string | null {
  if (own !== undefined) return own;
  try {
    const mounts = readFileSync('/proc/self/mountinfo', 'utf8');
    own = /\/containers\/([0-9a-f]{64})\/(?:hostname|hosts|resolv\.conf)/.exec(mounts)?.[1] ?? null;
  } catch {
    own = null; // There is no /proc outside Linux, where Belfry runs on the host itself.
  }
  return own;
}
