import type { Finished, ImageVersion, ReportItem } from '../events.ts';
import { countsOf, emptyItem } from '../report-item.ts';
import { type About, asTest, runReport } from './build-report.ts';
import type { Report } from './report.ts';

/** What a sample tells of: `mixed` has something of all. */
export const sampleKinds = ['mixed', 'failed', 'down', 'updated', 'available', 'up-to-date'] as const;
export type SampleKind = (typeof sampleKinds)[number];

/** A made-up report that says so: for `belfry notify test` and for pictures. */
export function sampleReport(kind: SampleKind, about: About & { readonly host: string }): Report {
  const items = lines[kind];
  const counts = countsOf(items, 31);
  const time = about.now.toISOString();
  const finished: Finished = {
    id: 'evt_sample',
    type: 'finished',
    time,
    cycle: 'cyc_sample',
    host: about.host,
    workload: null,
    trigger: 'manual',
    dryRun: false,
    startedAt: new Date(about.now.getTime() - 221_000).toISOString(),
    seconds: 221,
    counts,
    items,
    engine: { name: 'Docker', version: '28.5.1' },
    ...(counts.recreated === 0 ? {} : { reclaimedBytes: counts.recreated * 640_000_000 }),
  };
  return asTest(runReport(finished, about));
}

function line(image: string, more: Partial<ReportItem> & Pick<ReportItem, 'state'>): ReportItem {
  const name = /([\w-]+):[^:]*$/.exec(image)?.[1] ?? image;
  const workload = { kind: 'container', name, id: name.padEnd(64, '0'), image, project: null, service: null } as const;
  return { ...emptyItem, workload, ...more };
}

function version(reference: string, number: string, source: string | null = null): ImageVersion {
  const digest = `sha256:${Buffer.from(`${reference} ${number}`).toString('hex').padEnd(64, '0').slice(-64)}`;
  return { reference, digest, imageId: null, version: number, created: null, revision: null, source };
}

const gitHub = (path: string) => `https://github.com/${path}`;
const problem = (code: string, message: string) => ({ code, message, hint: '' });

const failed = line('ghcr.io/immich-app/immich-server:v1.137.2', {
  state: 'failed',
  outcome: 'rolled-back',
  from: version('immich-server', '1.136.0'),
  to: version('immich-server', '1.137.2'),
  bump: 'minor',
  phase: 'verify',
  problem: problem('UNHEALTHY', 'unhealthy after 90 s (3 failed probes)'),
  logTail: [
    '[Nest] 7  LOG [Microservices] Running migrations',
    'QueryFailedError: relation "stack" <missing> & aborted',
  ],
  exitCode: 1,
  rollback: { status: 'ok', durationMs: 11_000, running: true },
});
const down = line('vaultwarden/server:1.34.3', {
  state: 'failed',
  outcome: 'down',
  from: version('vaultwarden/server', '1.34.1'),
  to: version('vaultwarden/server', '1.34.3'),
  bump: 'patch',
  phase: 'start',
  problem: problem('ROLLBACK_FAILED', 'the original does not run: port 8080 is taken by another container'),
  rollback: { status: 'failed', durationMs: 9000, running: false },
});
const updated = [
  line('traefik:v3.5.0', {
    state: 'recreated',
    from: version('traefik:v3.5.0', 'v3.4.1', gitHub('traefik/traefik')),
    to: version('traefik:v3.5.0', 'v3.5.0', gitHub('traefik/traefik')),
    bump: 'minor',
    seconds: 14,
    downtimeMs: 1400,
  }),
  line('postgres:16', {
    state: 'recreated',
    from: version('postgres:16', '16.9'),
    to: version('postgres:16', '16.10'),
    bump: 'patch',
    seconds: 9,
    downtimeMs: 2100,
  }),
  line('redis:7', { state: 'restarted', seconds: 1 }),
];
const available = line('nextcloud:latest', {
  state: 'available',
  from: version('nextcloud:latest', '29.0.14', gitHub('nextcloud/docker')),
  to: version('nextcloud:latest', '30.0.2', gitHub('nextcloud/docker')),
  bump: 'major',
  by: 'core',
  problem: problem('MONITOR_ONLY', 'it is only monitored'),
  downloadBytes: 412_000_000,
});
const skipped = line('backup:local', {
  state: 'skipped',
  by: 'core',
  problem: problem('IMAGE_LOCAL', 'its image was built here, or its registry has it no longer'),
});

const lines: Readonly<Record<SampleKind, readonly ReportItem[]>> = {
  mixed: [failed, ...updated, available, skipped],
  failed: [failed],
  down: [down, failed],
  updated,
  available: [available],
  'up-to-date': [],
};
