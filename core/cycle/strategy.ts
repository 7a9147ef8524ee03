import type { StopOptions } from '../engine/port.ts';
import type { Phase } from '../events.ts';
import type { Context } from './context.ts';
import type { Pulled } from './pull.ts';
import type { PutBack } from './put-back.ts';

/** A way to put a new container in the place of an old one. */
export interface Strategy {
  /** Throws as soon as something fails; resolves with the downtime in milliseconds once the new one is proven. */
  readonly apply: (context: Context, job: Pulled, progress: Progress) => Promise<number>;
  /** Puts the original back from wherever `apply` was left. */
  readonly undo: (context: Context, job: Pulled, progress: Progress) => Promise<PutBack>;
}

/** How far a replacement has come: what its undoing and its report need. */
export interface Progress {
  phase: Phase;
  /** The container that is to take over, once it exists. */
  replacementId?: string;
  /** What it said, where nobody can ask it any more. */
  lastWords?: () => readonly string[];
}

type Stopping = Pick<Pulled, 'settings' | 'original'>;

/** A label's word counts over the container's own, that over the global setting, that over the engine's. */
export function stopOptions({ settings }: Context, { settings: own, original }: Stopping): StopOptions {
  const seconds = (milliseconds: number | null) => (milliseconds === null ? null : Math.ceil(milliseconds / 1000));
  const grace = seconds(own.stopTimeout) ?? original.Config.StopTimeout ?? seconds(settings.stopTimeout);
  return { signal: own.stopSignal, graceSeconds: grace };
}
