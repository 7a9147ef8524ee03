import type { Bump, Finished, ImageVersion, Trigger, Workload } from './events.ts';

/** What a cycle intends for one workload: the question every gate, health check and policy answers. */
export interface Plan {
  /** The id of the cycle, the same in all of its events. */
  readonly cycle: string;
  /** The container: its name, id, image and where it belongs. In `checkHealth` and `afterUpdate` it is the new one. */
  readonly workload: Workload;
  /** The image it runs. */
  readonly from: ImageVersion;
  /** The image it would run. */
  readonly to: ImageVersion;
  /** How large a step that is. */
  readonly bump: Bump;
  /** The old container is stopped before the new one starts. */
  readonly strategy: 'stop-first';
  /** When this candidate was first seen here, ISO 8601. */
  readonly firstSeen: string;
  /** The workload's labels. */
  readonly labels: Readonly<Record<string, string>>;
  /** True in checks and dry runs: nothing will come of it, and nothing may be changed. */
  readonly dryRun: boolean;
  /** What somebody said of exactly this digest for this workload; null where nobody has. */
  readonly approval: Approval | null;
  /** How long the workload must run unharmed where it has no health check of its own, in milliseconds. */
  readonly stabilityWindow: number;
  /** How long its new image must have been known before it is used, in milliseconds; 0 where at once will do. */
  readonly cooldownDelay: number;
}

/** A word given by `belfry approve` or `belfry deny`. */
export interface Approval {
  readonly verdict: 'approved' | 'denied';
  /** ISO 8601. */
  readonly time: string;
}

/** A cycle that begins, with every workload it looks at. */
export interface CyclePlan {
  readonly cycle: string;
  readonly trigger: Trigger;
  readonly workloads: readonly CycleWorkload[];
}
export interface CycleWorkload {
  readonly workload: Workload;
  readonly labels: Readonly<Record<string, string>>;
  readonly running: boolean;
}

/** A cycle that has ended, with the workloads as they are now. */
export interface CycleSummary {
  readonly finished: Finished;
  readonly workloads: readonly CycleWorkload[];
}

/** An image that no container uses, no tag of others names and no rollback needs, put before the cleanup policies. */
export interface CleanupCandidate {
  readonly imageId: string;
  /** What it is known by, such as `registry.example/web@sha256:…`; may be empty. */
  readonly references: readonly string[];
  /** The repositories it is of, such as `registry.example/web`; empty where nothing tells. */
  readonly repositories: readonly string[];
  readonly bytes: number;
  /** When it was built, as it says itself, ISO 8601; null where it does not. */
  readonly created: string | null;
  /** When an update left it behind, ISO 8601; null where none did. */
  readonly replacedAt: string | null;
  /** The workload whose update that was. */
  readonly replacedBy: Workload | null;
}

export interface Allow {
  readonly verdict: 'allow';
}
export interface Veto {
  readonly verdict: 'veto';
  readonly reason: string;
}
export interface Defer {
  readonly verdict: 'defer';
  readonly reason: string;
  /** When it may be tried again, ISO 8601. */
  readonly until?: string;
}
export interface Healthy {
  readonly verdict: 'healthy';
}
export interface Unhealthy {
  readonly verdict: 'unhealthy';
  readonly reason: string;
}
export interface Keep {
  readonly verdict: 'keep';
  readonly images: readonly string[];
}
export interface Remove {
  readonly verdict: 'remove';
  readonly images: readonly string[];
}
/** Both at once. */
export interface Choose {
  readonly verdict: 'choose';
  readonly keep: readonly string[];
  readonly remove: readonly string[];
}

export type GateVerdict = Allow | Veto | Defer;
export type HealthVerdict = Healthy | Unhealthy;
export type CleanupVerdict = Keep | Remove | Choose;

/** The questions: what each is asked with, and what it may answer. `undefined` means no opinion. */
export interface Questions {
  beforeCycle: { readonly asks: CyclePlan; readonly answers: undefined };
  beforeUpdate: { readonly asks: Plan; readonly answers: GateVerdict };
  beforeReplace: { readonly asks: Plan; readonly answers: GateVerdict };
  checkHealth: { readonly asks: Plan; readonly answers: HealthVerdict };
  afterUpdate: { readonly asks: Plan; readonly answers: undefined };
  afterRollback: { readonly asks: Plan; readonly answers: undefined };
  selectCleanup: { readonly asks: readonly CleanupCandidate[]; readonly answers: CleanupVerdict };
  afterCycle: { readonly asks: CycleSummary; readonly answers: undefined };
}

export type Decision = keyof Questions;
export type Asked<D extends Decision> = Questions[D]['asks'];
export type Answer<D extends Decision> = Questions[D]['answers'];

/** How the host runs a decision: the one place that says what an answer, an error or silence leads to. */
export interface DecisionRules {
  /** `series`: in the order of the configuration, and a refusal ends it; `parallel`: all at once. */
  readonly run: 'series' | 'parallel';
  readonly verdicts: readonly string[];
  /** What a throw, a rejection, a time-out or a wrong answer counts as. */
  readonly onError: 'warn' | 'refuse' | 'unhealthy' | 'keep';
  /** Also asked in a check and a dry run, and so without any effect on the world. */
  readonly inDryRun: boolean;
  /** Milliseconds one plugin may take; null where the caller derives it from the workload. */
  readonly deadline: number | null;
  /** The most it may take where its own `patience` asks for more; null where that is not asked. */
  readonly longest: number | null;
}

const minute = 60_000;
const hour = 60 * minute;

export const decisions = {
  beforeCycle: { run: 'series', verdicts: [], onError: 'warn', inDryRun: false, deadline: 10 * minute, longest: null },
  beforeUpdate: {
    run: 'series',
    verdicts: ['allow', 'veto', 'defer'],
    onError: 'refuse',
    inDryRun: true,
    deadline: minute,
    longest: null,
  },
  beforeReplace: {
    run: 'series',
    verdicts: ['allow', 'veto', 'defer'],
    onError: 'refuse',
    inDryRun: false,
    deadline: 5 * minute,
    longest: 6 * hour,
  },
  checkHealth: {
    run: 'parallel',
    verdicts: ['healthy', 'unhealthy'],
    onError: 'unhealthy',
    inDryRun: false,
    deadline: null,
    longest: 2 * hour,
  },
  afterUpdate: {
    run: 'series',
    verdicts: [],
    onError: 'warn',
    inDryRun: false,
    deadline: 5 * minute,
    longest: 6 * hour,
  },
  afterRollback: {
    run: 'series',
    verdicts: [],
    onError: 'warn',
    inDryRun: false,
    deadline: 5 * minute,
    longest: 6 * hour,
  },
  selectCleanup: {
    run: 'parallel',
    verdicts: ['keep', 'remove', 'choose'],
    onError: 'keep',
    inDryRun: true,
    deadline: minute,
    longest: null,
  },
  afterCycle: { run: 'series', verdicts: [], onError: 'warn', inDryRun: false, deadline: 10 * minute, longest: null },
} as const satisfies { readonly [D in Decision]: DecisionRules };

export const decisionNames = Object.keys(decisions) as readonly Decision[];
