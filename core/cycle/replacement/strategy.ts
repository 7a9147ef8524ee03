import type { StopOptions } from '../../engine/port.ts';
import type { Phase, Timings } from '../../events.ts';
import type { Context } from '../context.ts';
import type { Group, Member } from '../groups/member.ts';
import type { PutBack } from './put-back.ts';

/** A way to put new containers in the place of old ones. */
export interface Strategy {
  /** Throws as soon as something fails; resolves once every new container is proven and every old one gone. */
  readonly apply: (context: Context, group: Group, progress: Progress) => Promise<void>;
  /** Puts the originals back from wherever `apply` was left; says what became of each one that was touched. */
  readonly undo: (context: Context, group: Group, progress: Progress) => Promise<ReadonlyMap<Member, PutBack>>;
}

/** How far a replacement has come: what its undoing and its report need. */
export interface Progress {
  phase: Phase;
  /** Whose turn it is. */
  member: Member;
  readonly steps: ReadonlyMap<Member, Step>;
  /** The ids of originals that were found stopped or parked, also by an undoing that broke off. */
  readonly disturbed: Set<string>;
  /** Begins a phase for a member. */
  turn(member: Member, phase: Phase): Step;
}

/** What is known of one member's part so far. */
export interface Step {
  /** The container that is to take over, once it exists. */
  replacementId?: string;
  /** Milliseconds since 1970. */
  stoppedAt?: number;
  /** From the stop of the old container to the start of the new one. */
  downtimeMs?: number;
  /** When each phase began, milliseconds since 1970. */
  readonly began: Partial<Record<Phase, number>>;
  /** What the new one said, where nobody can ask it any more. */
  lastWords?: () => readonly string[];
}

export function createProgress(first: Member, now: () => Date): Progress {
  const steps = new Map<Member, Step>();
  return {
    phase: 'create',
    member: first,
    steps,
    disturbed: new Set(),
    turn(member, phase) {
      const step = steps.get(member) ?? { began: {} };
      step.began[phase] ??= now().getTime();
      steps.set(member, step);
      Object.assign(this, { member, phase });
      return step;
    },
  };
}

/** How long the phases of a step took, that one which is not over until now. */
export function timingsOf({ began }: Step, now: Date): Timings {
  const from = (start: Phase, ...ends: readonly Phase[]) => {
    const end = ends.flatMap((phase) => began[phase] ?? [])[0] ?? now.getTime();
    return began[start] === undefined ? null : end - began[start];
  };
  return {
    stop: from('stop', 'start', 'verify', 'commit'),
    start: from('start', 'verify', 'commit'),
    health: from('verify', 'commit'),
  };
}

/** A label's word counts over the container's own, that over the global setting, that over the engine's. */
export function stopOptions(
  { settings }: Context,
  { settings: own, original }: Pick<Member, 'settings' | 'original'>,
): StopOptions {
  const seconds = (milliseconds: number | null) => (milliseconds === null ? null : Math.ceil(milliseconds / 1000));
  const grace = seconds(own.stopTimeout) ?? original.Config.StopTimeout ?? seconds(settings.stopTimeout);
  return { signal: own.stopSignal, graceSeconds: grace };
}
