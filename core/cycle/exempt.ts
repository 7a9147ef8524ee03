import type { Code } from '../errors/catalogue.ts';
import { mayBeOwn } from '../self/own-id.ts';
import { isStopped, type Listed } from './list.ts';
import type { Own } from './own.ts';
import { helperSuffix, parked } from './replacement/names.ts';

export interface Exemption {
  readonly code: Code;
  readonly reason: string;
}

/** Why a workload is never updated, as far as its row in the list says; undefined where it may be. */
export function exemption({ container, settings, workload }: Listed, own?: Own): Exemption | undefined {
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
  if (parked(workload.name) !== undefined || workload.name.endsWith(helperSuffix)) {
    return { code: 'NAME_RESERVED', reason: 'its name is one that Belfry gives to parked containers' };
  }
  if (labels['com.docker.compose.project'] !== undefined && /^[0-9a-f]{12}_/.test(workload.name)) {
    return { code: 'STATE_UNSUITABLE', reason: 'Compose gave it a name for the time of a recreation' };
  }
  const reason = mayBeOwn(container) ? whyNotOwn(container, own) : undefined;
  if (reason !== undefined) return { code: 'OWN_CONTAINER', reason };
  if (settings.problems.length > 0) {
    return { code: 'LABEL_INVALID', reason: settings.problems.join('; ') };
  }
  if (state !== 'running' && !isStopped(state)) {
    return { code: 'STATE_UNSUITABLE', reason: `it is ${state}` };
  }
  return undefined;
}

function whyNotOwn({ id }: Listed['container'], own: Own | undefined): string | undefined {
  if (own === undefined) return 'Belfry itself runs in it, and only one that watches has itself replaced';
  return id === own.id ? own.obstacle : 'it shares the network of the container Belfry itself runs in';
}
