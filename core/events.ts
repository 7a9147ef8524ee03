import type { Problem } from './errors/app-error.ts';

/** What is updated. `id` is the engine's, `name` what people call it (without a leading slash). */
export interface Workload {
  readonly kind: 'container';
  readonly name: string;
  readonly id: string;
  /** The human reference it was created with, such as `nginx:1.27`. */
  readonly image: string;
  /** Compose's project and service, where it was made by Compose. */
  readonly project: string | null;
  readonly service: string | null;
  /** Those of its labels that are meant for Belfry, where it has any: others may hold secrets. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** One image as people know it. Dates are ISO 8601; a field the image does not state is null. */
export interface ImageVersion {
  readonly reference: string;
  readonly digest: string | null;
  readonly imageId: string | null;
  readonly version: string | null;
  readonly created: string | null;
  readonly revision: string | null;
  readonly source: string | null;
  /** Where the image says that more is to be read about it. */
  readonly url?: string;
  readonly documentation?: string;
  /** Such as `linux/arm64/v8`. */
  readonly platform?: string;
}

export type Bump = 'major' | 'minor' | 'patch' | 'digest' | 'unknown';
export type Trigger = 'schedule' | 'startup' | 'manual';
export type Phase =
  | 'list'
  | 'check'
  | 'decide'
  | 'pull'
  | 'create'
  | 'gate'
  | 'stop'
  | 'start'
  | 'verify'
  | 'restart'
  | 'commit'
  | 'rollback'
  | 'recover'
  | 'cleanup'
  | 'plugin'
  | 'delivery';

/** How long the phases of a replacement took, in milliseconds; null where it did not come to one. */
export interface Timings {
  readonly stop: number | null;
  readonly start: number | null;
  readonly health: number | null;
}

/** What came of the attempt to put the original back. */
export interface Rollback {
  readonly status: 'ok' | 'failed';
  readonly durationMs: number;
  /** Whether the original runs as it did before. */
  readonly running: boolean;
}

/** The state a failure left the workload in. */
export type Outcome = 'unchanged' | 'rolled-back' | 'updated' | 'down';

interface Base<Type extends string> {
  readonly id: string;
  readonly type: Type;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly cycle: string;
  /** The engine's own host name. */
  readonly host: string;
}

interface OfWorkload<Type extends string> extends Base<Type> {
  readonly workload: Workload;
}

/** Present on the one event that ends a workload's part in a cycle; what its provider's update draws in ends later. */
interface Ending {
  readonly ending: true;
}

export interface Started extends Base<'started'> {
  readonly workload: null;
  readonly trigger: Trigger;
  readonly dryRun: boolean;
}
export type Checked = OfWorkload<'checked'> & {
  readonly digest: string | null;
  /** The engine's id of the image in use, where that is up to date. */
  readonly imageId?: string;
} & (({ readonly upToDate: true } & Partial<Ending>) | { readonly upToDate: false });
export interface Found extends OfWorkload<'found'> {
  readonly from: ImageVersion;
  readonly to: ImageVersion;
  readonly bump: Bump;
  /** What a pull would fetch at most, in bytes; null where the registry does not say. */
  readonly downloadBytes: number | null;
  /** When this image was first seen here, ISO 8601. */
  readonly firstSeen?: string;
}
export interface Skipped extends OfWorkload<'skipped'>, Partial<Ending> {
  readonly to: ImageVersion | null;
  /** The plugin instance that refused, or `core`. */
  readonly by: string;
  readonly code: string;
  readonly reason: string;
  /** When it may be tried again, ISO 8601. */
  readonly until?: string;
}
export interface Pulled extends OfWorkload<'pulled'> {
  readonly to: ImageVersion;
  readonly seconds: number;
  readonly bytes: number;
}
export interface Recreated extends OfWorkload<'recreated'>, Ending {
  readonly from: ImageVersion;
  readonly to: ImageVersion;
  readonly seconds: number;
  /** From the stop of the old container to the start of the new one; null where nobody was there to measure. */
  readonly downtimeMs: number | null;
  readonly strategy: 'stop-first';
  readonly timings?: Timings;
  /** Set by `belfry rollback`: the digest left behind counts as rejected. */
  readonly rollback?: true;
}
export interface Restarted extends OfWorkload<'restarted'>, Partial<Ending> {
  readonly how: 'restart' | 'recreate';
  readonly seconds: number;
}
export interface Failed extends Base<'failed'> {
  readonly workload: Workload | null;
  readonly phase: Phase;
  readonly outcome: Outcome;
  readonly from?: ImageVersion;
  readonly to?: ImageVersion;
  readonly problem: Problem;
  /** Where a check failed: since when none has come to an answer, ISO 8601. */
  readonly since?: string;
  readonly logTail: readonly string[];
  /** Of the new container, where it had exited. */
  readonly exitCode?: number;
  readonly rollback?: Rollback;
  readonly timings?: Timings;
  readonly ending?: true;
}
export interface Cleaned extends Base<'cleaned'> {
  readonly workload: Workload | null;
  /** What was removed, by reference where it had one, else by id. */
  readonly images: readonly string[];
  readonly bytes: number;
}
export interface Recovered extends OfWorkload<'recovered'> {
  /** What an interrupted run had left, as `name + name.belfry-new`. */
  readonly found: string;
  readonly outcome: Outcome;
  /** What the interrupted update was from and to, where that is known and it led to another image. */
  readonly from?: ImageVersion;
  readonly to?: ImageVersion;
}
export interface Delivered extends Base<'delivered'> {
  readonly workload: null;
  readonly instance: string;
  readonly message: string;
  readonly outcome: 'sent' | 'accepted' | 'given-up';
  readonly attempts: number;
  readonly why?: string;
}

/** One workload's line in a report. Up-to-date workloads are only counted. */
export interface ReportItem {
  readonly workload: Workload;
  readonly state: 'failed' | 'recreated' | 'restarted' | 'available' | 'skipped';
  readonly outcome: Outcome | null;
  readonly from: ImageVersion | null;
  readonly to: ImageVersion | null;
  readonly bump: Bump | null;
  readonly by: string | null;
  readonly problem: Problem | null;
  readonly logTail: readonly string[];
  readonly seconds: number | null;
  readonly downtimeMs: number | null;
  /** Of what failed; `rollback` of what was recreated because somebody rolled it back. */
  readonly phase: Phase | null;
  /** When what was skipped may be tried again, ISO 8601. */
  readonly until: string | null;
  readonly exitCode: number | null;
  readonly rollback: Rollback | null;
  readonly timings: (Timings & { readonly pull: number | null }) | null;
  readonly firstSeen: string | null;
  readonly downloadBytes: number | null;
  /** Where a check failed: since when none has come to an answer, ISO 8601. */
  readonly since: string | null;
}
export interface Counts {
  readonly checked: number;
  readonly upToDate: number;
  readonly available: number;
  readonly recreated: number;
  readonly restarted: number;
  readonly skipped: number;
  readonly failed: number;
  readonly rolledBack: number;
  readonly down: number;
}
export interface Finished extends Base<'finished'> {
  readonly workload: null;
  readonly trigger: Trigger;
  readonly dryRun: boolean;
  readonly startedAt: string;
  readonly seconds: number;
  readonly counts: Counts;
  /** What is down first, then what failed, then the rest; names in order within each. */
  readonly items: readonly ReportItem[];
  readonly engine?: { readonly name: string; readonly version: string };
  /** What cleaning up after this cycle has brought. */
  readonly reclaimedBytes?: number;
}

/** Everything Belfry states, one plain frozen JSON object each. */
export type BelfryEvent =
  | Started
  | Checked
  | Found
  | Skipped
  | Pulled
  | Recreated
  | Restarted
  | Failed
  | Cleaned
  | Recovered
  | Delivered
  | Finished;
export type EventType = BelfryEvent['type'];
export type EventOf<Type extends EventType> = Extract<BelfryEvent, { readonly type: Type }>;

/** What an event says before the bus has given it its id, time and host. */
export type Fact = BelfryEvent extends infer Event
  ? Event extends BelfryEvent
    ? Omit<Event, 'id' | 'time' | 'host'>
    : never
  : never;

export const eventTypes = [
  'started',
  'checked',
  'found',
  'skipped',
  'pulled',
  'recreated',
  'restarted',
  'failed',
  'cleaned',
  'recovered',
  'delivered',
  'finished',
] as const satisfies readonly EventType[];
