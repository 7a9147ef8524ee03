import { reportItem, summarize } from '../../core/cycle/report.ts';
import type { EventOf, EventType, Finished, Found, Recreated } from '../../core/events.ts';
import { sampleVersion, sampleWorkload } from './samples.ts';

/** An event of each type as Belfry states it, about the update of `web` from 1.0.0 to 1.1.0, but for `own`. */
export function sampleEvent<Type extends EventType>(type: Type, own: Partial<EventOf<Type>> = {}): EventOf<Type> {
  return { ...samples[type](), ...own };
}

const base = { id: 'evt_sample', time: '2026-01-01T00:00:00.000Z', cycle: 'cyc_sample', host: 'test-host' };
const newer = () => sampleVersion({ version: '1.1.0', digest: `sha256:${'e'.repeat(64)}`, imageId: null });
const run = { trigger: 'schedule', dryRun: false } as const;

const samples: { readonly [Type in EventType]: () => EventOf<Type> } = {
  started: () => ({ ...base, type: 'started', workload: null, ...run }),
  checked: () => ({
    ...base,
    type: 'checked',
    workload: sampleWorkload(),
    upToDate: true,
    digest: `sha256:${'d'.repeat(64)}`,
    ending: true,
  }),
  found,
  skipped: () => ({
    ...base,
    type: 'skipped',
    workload: sampleWorkload(),
    to: newer(),
    by: 'maintenance-window',
    code: 'GATE_REFUSED',
    reason: 'outside 01:00–05:00',
    until: '2026-01-02T01:00:00.000Z',
    ending: true,
  }),
  pulled: () => ({
    ...base,
    type: 'pulled',
    workload: sampleWorkload(),
    to: newer(),
    seconds: 4.2,
    bytes: 52_000_000,
  }),
  recreated,
  restarted: () => ({
    ...base,
    type: 'restarted',
    workload: sampleWorkload({ name: 'proxy' }),
    how: 'restart',
    seconds: 1.5,
    ending: true,
  }),
  failed: () => ({
    ...base,
    type: 'failed',
    workload: sampleWorkload(),
    phase: 'verify',
    outcome: 'rolled-back',
    from: sampleVersion(),
    to: newer(),
    problem: { code: 'UNHEALTHY', message: 'exited with code 1 within 0.4 s', hint: 'Its log says why.' },
    logTail: ['cannot open /config: permission denied'],
    ending: true,
  }),
  cleaned: () => ({ ...base, type: 'cleaned', workload: sampleWorkload(), images: ['web:1'], bytes: 48_000_000 }),
  recovered: () => ({
    ...base,
    type: 'recovered',
    workload: sampleWorkload(),
    found: 'web + web.belfry-new',
    outcome: 'unchanged',
  }),
  delivered: () => ({
    ...base,
    type: 'delivered',
    workload: null,
    instance: 'ops',
    message: 'msg_sample',
    outcome: 'sent',
    attempts: 1,
  }),
  finished,
};

function found(): Found {
  const versions = { from: sampleVersion(), to: newer() };
  return { ...base, type: 'found', workload: sampleWorkload(), ...versions, bump: 'minor', downloadBytes: 52_000_000 };
}

function recreated(): Recreated {
  const versions = { from: sampleVersion(), to: { ...newer(), imageId: `sha256:${'2'.repeat(64)}` } };
  const took = { seconds: 12.5, downtimeMs: 480, strategy: 'stop-first' } as const;
  return { ...base, type: 'recreated', workload: sampleWorkload(), ...versions, ...took, ending: true };
}

/** The report of a cycle that has recreated `web`, and found another container up to date. */
function finished(): Finished {
  const item = reportItem(recreated(), found());
  const items = item === undefined ? [] : [item];
  const facts = { cycle: base.cycle, ...run, startedAt: base.time, seconds: 20, upToDate: 1, items };
  return { ...base, ...summarize(facts) };
}
