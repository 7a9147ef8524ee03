import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BelfryEvent, ImageVersion, Workload } from '../../core/events.ts';
import type { ApprovalRecord, EventRecord, IntentRecord } from '../../core/journal/record.ts';

export const workload = (name: string): Workload => ({
  kind: 'container',
  name,
  id: `id-of-${name}`,
  image: `${name}:latest`,
  project: null,
  service: null,
});

export const version = (reference: string, digest: string): ImageVersion => ({
  reference,
  digest,
  imageId: null,
  version: null,
  created: null,
  revision: null,
  source: null,
});

let ids = 0;
const base = (time: string) => {
  ids += 1;
  return { id: `evt_${ids}`, time, host: 'nas-01' };
};

interface Of {
  readonly cycle?: string;
  readonly name?: string;
  readonly time?: string;
}

const noon = '2026-08-22T12:00:00.000Z';

/** Short ways to state what happened to a container, of which the reference is `<name>:latest`. */
export const say = {
  started: ({ cycle = 'c', time = noon }: Of = {}): BelfryEvent => ({
    ...base(time),
    type: 'started',
    cycle,
    workload: null,
    trigger: 'schedule',
    dryRun: false,
  }),
  upToDate: ({ cycle = 'c', name = 'web', time = noon }: Of = {}): BelfryEvent => ({
    ...base(time),
    type: 'checked',
    cycle,
    workload: workload(name),
    upToDate: true,
    digest: null,
    ending: true,
  }),
  found: (digest: string, { cycle = 'c', name = 'web', time = noon }: Of = {}): BelfryEvent => ({
    ...base(time),
    type: 'found',
    cycle,
    workload: workload(name),
    from: version(`${name}:latest`, 'old'),
    to: version(`${name}:latest`, digest),
    bump: 'minor',
    downloadBytes: null,
  }),
  skipped: ({ cycle = 'c', name = 'web', time = noon }: Of = {}): BelfryEvent => ({
    ...base(time),
    type: 'skipped',
    cycle,
    workload: workload(name),
    to: null,
    by: 'core',
    code: 'MONITOR_ONLY',
    reason: 'updates are only reported',
    ending: true,
  }),
  recreated: (digest: string, { cycle = 'c', name = 'web', time = noon }: Of = {}): BelfryEvent => ({
    ...base(time),
    type: 'recreated',
    cycle,
    workload: workload(name),
    from: version(`${name}:latest`, 'old'),
    to: version(`${name}:latest`, digest),
    seconds: 3,
    downtimeMs: 400,
    strategy: 'stop-first',
    ending: true,
  }),
  rolledBack: (digest: string, { cycle = 'c', name = 'web', time = noon }: Of = {}): BelfryEvent => ({
    ...base(time),
    type: 'failed',
    cycle,
    workload: workload(name),
    phase: 'verify',
    outcome: 'rolled-back',
    to: version(`${name}:latest`, digest),
    problem: { code: 'UNHEALTHY', message: 'unhealthy', hint: '' },
    logTail: [],
    ending: true,
  }),
  unchecked: (code: string, { cycle = 'c', name = 'web', time = noon, since = time }: Of & { since?: string } = {}) =>
    ({
      ...base(time),
      type: 'failed',
      cycle,
      workload: workload(name),
      phase: 'check',
      outcome: 'unchanged',
      problem: { code, message: 'the registry says no', hint: '' },
      since,
      logTail: [],
      ending: true,
    }) satisfies BelfryEvent as BelfryEvent,
  finished: ({ cycle = 'c', time = noon }: Of = {}): BelfryEvent => ({
    ...base(time),
    type: 'finished',
    cycle,
    workload: null,
    trigger: 'schedule',
    dryRun: false,
    startedAt: time,
    seconds: 1,
    counts: {
      checked: 0,
      upToDate: 0,
      available: 0,
      recreated: 0,
      restarted: 0,
      skipped: 0,
      failed: 0,
      rolledBack: 0,
      down: 0,
    },
    items: [],
  }),
};

export const fact = (event: BelfryEvent): EventRecord => ({ kind: 'event', event });

export const intent = (snapshot: string, { cycle = 'c', name = 'web', time = noon }: Of = {}): IntentRecord => ({
  kind: 'intent',
  time,
  cycle,
  workload: workload(name),
  from: version(`${name}:latest`, 'old'),
  to: version(`${name}:latest`, 'new'),
  snapshot,
});

export const approval = (
  digest: string,
  verdict: ApprovalRecord['verdict'],
  { name = 'web', time = noon }: Of = {},
): ApprovalRecord => ({
  kind: 'approval',
  time,
  workload: workload(name),
  from: version(`${name}:latest`, 'old'),
  to: version(`${name}:latest`, digest),
  verdict,
});

/** A new empty folder, removed when the test is over. */
export function temporaryFolder(test: { after(clean: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), 'belfry-test-'));
  test.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}
