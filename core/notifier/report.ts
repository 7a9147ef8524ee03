import type { Bump, Finished, Outcome, Phase, Trigger } from '../events.ts';

/**
 * What a message tells, version 1: plain frozen JSON. A field that does not apply is null, never absent. Texts such as
 * `duration` are ready to be shown; nothing is escaped yet. Durations are in milliseconds, times ISO 8601 in UTC.
 */
export interface Report {
  readonly schema: 1;
  readonly kind: ReportKind;
  /** The message's own id: the same for every attempt and every copy of it. */
  readonly id: string;
  readonly host: string;
  readonly hostUrl: string | null;
  readonly cycle: ReportCycle;
  readonly engine: Program | null;
  readonly app: Program;
  readonly outcome: 'ok' | 'changes' | 'partial' | 'failed';
  readonly severity: Severity;
  /** Whether someone must do something: now, when convenient, or not at all. */
  readonly action: 'now' | 'look' | 'none';
  /** The first line of every message: what happened, and whether someone must act. */
  readonly title: string;
  /** `1 failed, 3 updated, 31 up to date`, the worst first. */
  readonly summary: string;
  readonly counts: ReportCounts;
  /** What is down stands first in `failed`; names in order within each list. */
  readonly failed: readonly Item[];
  readonly recreated: readonly Item[];
  readonly restarted: readonly Item[];
  /** A newer image exists, and it is for someone to apply it. */
  readonly available: readonly Item[];
  /** A newer image exists, and something says that it must not be applied, or not now. */
  readonly held: readonly Item[];
  readonly skipped: readonly Item[];
  /** What had been reported as failed and runs again, and whose update broke off with Belfry and was undone. */
  readonly recovered: readonly Item[];
  readonly reclaimedBytes: number | null;
  /** `1.9 GB` */
  readonly reclaimed: string | null;
  readonly warnings: readonly string[];
  /** What a budget has cut out of which list. */
  readonly truncated: readonly Truncated[];
  readonly notes: { readonly deliveryProblems: readonly string[] };
}

export type ReportKind = 'run' | 'event' | 'digest' | 'all-quiet' | 'test';
export type Severity = 'info' | 'notice' | 'warning' | 'error';

/** The cycle that is told of; of several their common span, and the id of the last. */
export interface ReportCycle {
  readonly id: string;
  /** How many cycles the report sums up; 0 where it tells of one event alone. */
  readonly cycles: number;
  readonly trigger: Trigger | null;
  readonly dryRun: boolean;
  readonly startedAt: string | null;
  readonly finishedAt: string;
  readonly durationMs: number | null;
  /** `3 m 41 s` */
  readonly duration: string | null;
}

export interface Program {
  readonly name: string;
  readonly version: string;
}

export interface ReportCounts extends Readonly<Finished['counts']> {
  readonly held: number;
  readonly recovered: number;
  /** Those among `failed` that could only not be checked. */
  readonly unchecked: number;
}

export interface Truncated {
  readonly list: List;
  readonly omitted: number;
}

/** The lists of a report, the most urgent first. */
export const lists = ['failed', 'recovered', 'recreated', 'restarted', 'available', 'held', 'skipped'] as const;
export type List = (typeof lists)[number];

export type ItemState = 'failed' | 'recreated' | 'restarted' | 'available' | 'held' | 'skipped';

/** One workload's part in a report. */
export interface Item {
  /** Its place in its list, from 0. */
  readonly index: number;
  readonly first: boolean;
  readonly last: boolean;
  /** Its place in its list, from 1. */
  readonly n: number;
  readonly name: string;
  readonly service: string | null;
  readonly project: string | null;
  readonly id: string;
  readonly host: string;
  /** Those of the workload's labels that are meant for Belfry. */
  readonly labels: Readonly<Record<string, string>>;
  readonly image: ItemImage;
  readonly from: Version | null;
  readonly to: Version | null;
  /** `3.4.1 → 3.5.0`, with digests where the versions are alike; null where there is nothing to compare. */
  readonly change: string | null;
  readonly bump: Bump | null;
  /** `bump`, where it is one of versions. */
  readonly level: 'major' | 'minor' | 'patch' | null;
  readonly downgrade: boolean;
  readonly state: ItemState;
  /** The state that a failure left the workload in. */
  readonly outcome: Outcome | null;
  readonly down: boolean;
  /** What became of it, in words: `rolled back to 1.136.0 in 11 s`. */
  readonly consequence: string | null;
  readonly reason: string | null;
  readonly code: string | null;
  /** The plugin instance that refused, or `core`. */
  readonly by: string | null;
  readonly until: string | null;
  readonly phase: Phase | null;
  readonly error: { readonly message: string; readonly code: string; readonly hint: string | null } | null;
  readonly exitCode: number | null;
  /** The last lines of its log, at most 20. */
  readonly logTail: readonly string[];
  readonly rollback: ItemRollback | null;
  readonly downtimeMs: number | null;
  readonly downtime: string | null;
  readonly durationMs: number | null;
  readonly duration: string | null;
  readonly timings: {
    readonly pull: number | null;
    readonly stop: number | null;
    readonly start: number | null;
    readonly health: number | null;
  };
  readonly downloadBytes: number | null;
  readonly download: string | null;
  readonly firstSeenAt: string | null;
  readonly ageDays: number | null;
  readonly remindedTimes: number;
  /** Where it had been reported as failed before, or cannot be checked: since when. */
  readonly failedSince: string | null;
  readonly links: Links;
}

export interface ItemImage {
  /** As the workload was made with it. */
  readonly ref: string;
  readonly registry: string | null;
  readonly repository: string | null;
  readonly tag: string | null;
  /** `traefik:v3`, without registry and digest. */
  readonly display: string;
  readonly platform: string | null;
}

export interface ItemRollback {
  readonly status: 'ok' | 'failed';
  readonly to: Version | null;
  readonly durationMs: number | null;
  readonly duration: string | null;
  readonly running: boolean;
  readonly error: string | null;
}

export interface Version {
  /** What the image says of itself; null where it says nothing, or only repeats what its base image said. */
  readonly version: string | null;
  readonly tag: string | null;
  readonly digest: string | null;
  /** The first eight digits of the digest. */
  readonly short: string | null;
  readonly imageId: string | null;
  readonly createdAt: string | null;
  /** `3 d` */
  readonly age: string | null;
  readonly revision: string | null;
  readonly shortRevision: string | null;
  /** The best there is to show: version, else a tag that says something, else `short`. */
  readonly label: string;
}

/** Addresses begin with `https://` or `http://`; nothing was asked to find them. */
export interface Links {
  readonly source: string | null;
  readonly release: string | null;
  readonly compare: string | null;
  readonly changelog: string | null;
  readonly registry: string | null;
  readonly docs: string | null;
  /** The best of compare, release and changelog. */
  readonly changes: string | null;
}
