import type { CleanupCandidate, CyclePlan, CycleWorkload, Plan } from '../../core/decisions.ts';
import type { ImageVersion, Workload } from '../../core/events.ts';
import type { WorkloadState } from '../../core/plugin.ts';

/** A container named `web`, with what a test wants to be different. */
export function sampleWorkload(own: Partial<Workload> = {}): Workload {
  const standard = { kind: 'container', name: 'web', image: 'web:1', project: null, service: null } as const;
  return { ...standard, id: 'c0ffee'.padEnd(64, '0'), ...own };
}

/** Version 1.0.0 of `web:1`. */
export function sampleVersion(own: Partial<ImageVersion> = {}): ImageVersion {
  const unknown = { created: null, revision: null, source: null };
  const ids = { digest: `sha256:${'d'.repeat(64)}`, imageId: `sha256:${'1'.repeat(64)}` };
  return { reference: 'web:1', version: '1.0.0', ...ids, ...unknown, ...own };
}

/** The plan to update `web` from 1.0.0 to 1.1.0. */
export function samplePlan(own: Partial<Plan> = {}): Plan {
  return {
    cycle: 'cyc_sample',
    workload: sampleWorkload(),
    from: sampleVersion(),
    to: sampleVersion({ version: '1.1.0', digest: `sha256:${'e'.repeat(64)}`, imageId: null }),
    bump: 'minor',
    strategy: 'stop-first',
    firstSeen: '2026-01-01T00:00:00.000Z',
    labels: {},
    dryRun: false,
    approval: null,
    stabilityWindow: 10_000,
    cooldownDelay: 0,
    ...own,
  };
}

/** A workload that runs, without a health check. */
export function sampleState(own: Partial<WorkloadState> = {}): WorkloadState {
  return {
    status: 'running',
    running: true,
    restarting: false,
    exitCode: 0,
    restarts: 0,
    startedAt: '2026-01-01T00:00:00.000Z',
    health: 'none',
    healthOutput: null,
    healthcheck: null,
    addresses: [{ network: 'bridge', address: '172.17.0.2' }],
    publishedPorts: [],
    ...own,
  };
}

/** A cycle by the clock that looks at `web`. */
export function sampleCyclePlan(own: Partial<CyclePlan> = {}): CyclePlan {
  return { cycle: 'cyc_sample', trigger: 'schedule', workloads: [sampleCycleWorkload()], ...own };
}

/** A workload of a cycle, running and without labels. */
export function sampleCycleWorkload(own: Partial<CycleWorkload> = {}): CycleWorkload {
  return { workload: sampleWorkload(), labels: {}, running: true, ...own };
}

/** An image that `web` ran before its update. */
export function sampleCleanupCandidate(own: Partial<CleanupCandidate> = {}): CleanupCandidate {
  return {
    imageId: `sha256:${'1'.repeat(64)}`,
    references: [`registry.example/web@sha256:${'d'.repeat(64)}`],
    repositories: ['registry.example/web'],
    bytes: 1000,
    created: '2025-12-01T00:00:00.000Z',
    replacedAt: '2026-01-01T00:00:00.000Z',
    replacedBy: sampleWorkload(),
    ...own,
  };
}
