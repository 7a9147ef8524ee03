import type { Bus } from '../bus.ts';
import type { Settings } from '../config/settings.ts';
import type { Engine, PullProgress } from '../engine/port.ts';
import type { Trigger, Workload } from '../events.ts';
import type { Journal } from '../journal/port.ts';
import type { Log } from '../log.ts';
import type { Registry } from '../registry/port.ts';
import type { Verdicts } from '../verdicts.ts';
import type { Own } from './own.ts';

/** What every step of a cycle works with. */
export interface Context {
  readonly engine: Engine;
  readonly registry: Registry;
  readonly journal: Journal;
  readonly bus: Bus;
  readonly verdicts: Verdicts;
  readonly settings: Settings;
  readonly log: Log;
  readonly cycle: string;
  readonly request: Request;
  readonly now: () => Date;
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /** Aborts when Belfry is asked to stop: what is in hand is finished or undone, nothing new begins. */
  readonly signal: AbortSignal;
  /** The container Belfry itself runs in, for one that may have it replaced. */
  readonly own?: Own | undefined;
  readonly onPull?: ((workload: Workload, progress: PullProgress) => void) | undefined;
}

/** What a cycle was asked to do. */
export interface Request {
  readonly trigger: Trigger;
  /** Whole names; empty means all that the settings select. */
  readonly names: readonly string[];
  /** Report what would happen, and change nothing. */
  readonly dryRun: boolean;
  /** Try rejected digests again. */
  readonly force: boolean;
}
