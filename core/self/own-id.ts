import { readFileSync } from 'node:fs';
import type { ContainerSummary } from '../engine/port.ts';

let own: string | null | undefined;

/**
 * The id of the container this process runs in, as the mounts that the engine made for it tell; else null. One that
 * shares another's network has the other's id there.
 */
export function ownContainerId(): string | null {
  if (own === undefined) own = idIn(mounts());
  return own;
}

/** Docker's mounts, then Podman's. */
const patterns = [
  /\/containers\/([0-9a-f]{64})\/(?:hostname|hosts|resolv\.conf)/,
  /\/overlay-containers\/([0-9a-f]{64})\/userdata\/(?:hostname|hosts|resolv\.conf)/,
];

/** The id in a text such as `/proc/self/mountinfo`. */
export function idIn(mounts: string): string | null {
  return patterns.map((pattern) => pattern.exec(mounts)?.[1]).find((id) => id !== undefined) ?? null;
}

/** Whether this process may run in a container: it is the one named by its mounts, or shares that one's network. */
export function mayBeOwn(
  { id, networkMode }: Pick<ContainerSummary, 'id' | 'networkMode'>,
  ownId = ownContainerId(),
): boolean {
  return ownId !== null && (id === ownId || networkMode === `container:${ownId}`);
}

function mounts(): string {
  try {
    return readFileSync('/proc/self/mountinfo', 'utf8');
  } catch {
    return ''; // There is no /proc outside Linux, where Belfry runs on the host itself.
  }
}
