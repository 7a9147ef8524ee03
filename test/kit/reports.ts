import type { BelfryEvent, Finished, ImageVersion, ReportItem } from '../../core/events.ts';
import { digestReport, eventReport, quietReport, runReport } from '../../core/notifier/build-report.ts';
import type { Report } from '../../core/notifier/report.ts';
import { sampleKinds, sampleReport } from '../../core/notifier/sample.ts';
import { countsOf, emptyItem } from '../../core/report-item.ts';
import { sampleVersion, sampleWorkload } from './samples.ts';

export interface ReportFixture {
  readonly name: string;
  readonly report: Report;
}

const now = new Date('2026-08-22T02:07:22.000Z');
const about = { id: 'msg_1', now };

/** A line of a report, with what a test wants to be different. */
export function sampleLine(name: string, own: Partial<ReportItem> & Pick<ReportItem, 'state'>): ReportItem {
  return { ...emptyItem, workload: sampleWorkload({ name, image: 'ghcr.io/acme/web:v1' }), ...own };
}

/** The end of a cycle on `nas-01` that had these lines to tell of. */
export function sampleFinished(items: readonly ReportItem[], own: Partial<Finished> = {}): Finished {
  return {
    ...{ id: 'evt_1', type: 'finished', time: now.toISOString(), cycle: 'cyc_01j9zk3q5r7t', host: 'nas-01' },
    ...{ workload: null, trigger: 'schedule', dryRun: false, startedAt: '2026-08-22T02:03:41.000Z', seconds: 221 },
    counts: countsOf(items, 31),
    items,
    ...own,
  } as Finished;
}

const source = 'https://github.com/acme/web';
const release = (version: string, own: Partial<ImageVersion> = {}) =>
  sampleVersion({ version, source, digest: `sha256:${version.replace(/\W/g, '').padEnd(64, '0')}`, ...own });

/** A failure that was rolled back, an update, something available, something held back and something skipped. */
function lines(name: string, own: Partial<ReportItem> = {}): readonly ReportItem[] {
  const versions = { from: release('1.0.0'), to: release('1.1.0'), bump: 'minor' } as const;
  const problem = { code: 'UNHEALTHY', message: `unhealthy: ${name}`, hint: `Look at ${name}.` };
  const rollback = { status: 'ok', durationMs: 11_000, running: true } as const;
  const failure = { phase: 'verify', outcome: 'rolled-back', problem, rollback, logTail: [name, `\t${name}`] } as const;
  const monitored = { by: 'core', problem: { code: 'MONITOR_ONLY', message: 'it is only monitored', hint: '' } };
  const window = { by: name, problem: { code: 'VETO', message: name, hint: '' } };
  return [
    sampleLine(name, { state: 'failed', ...versions, ...failure, ...own }),
    sampleLine(`${name}-2`, { state: 'recreated', ...versions, seconds: 9, downtimeMs: 1400, ...own }),
    sampleLine(`${name}-3`, { state: 'available', ...versions, ...monitored, ...own }),
    sampleLine(`${name}-4`, { state: 'available', ...versions, ...window, ...own }),
    sampleLine(`${name}-5`, { state: 'skipped', ...window, ...own }),
    sampleLine(`${name}-6`, { state: 'restarted', seconds: 1, ...own }),
  ];
}

const many = (count: number, state: ReportItem['state'], own: Partial<ReportItem> = {}) =>
  Array.from({ length: count }, (_, at) =>
    sampleLine(`container-${at}`, { state, from: release('1.0.0'), to: release(`1.${at}.0`), bump: 'minor', ...own }),
  );

const broken = {
  phase: 'start',
  outcome: 'down',
  problem: { code: 'START_FAILED', message: 'no', hint: 'Look.' },
} as const;
const unchecked = {
  phase: 'check',
  outcome: 'unchanged',
  since: '2026-08-20T02:07:22.000Z',
  problem: {
    code: 'REGISTRY_TIMEOUT',
    message: 'ghcr.io did not answer in time.',
    hint: 'The next cycle tries again.',
  },
} as const;
const long = (sign: string) => sign.repeat(10_000);

/** What names, versions, messages and logs may hold, since others write them. */
const hostile: Readonly<Record<string, string>> = {
  'Unicode and emoji': 'Überwachung-日本語-🧑‍🚀-🇩🇪',
  'right to left': 'عربي \u202eevil\u202c שלום',
  'what calls everyone': '<!channel> <@U123> @everyone @here <at>all</at>',
  'back-ticks and fences': '``` code ``` `x` ~~~',
  'markup of every kind':
    '*b* _i_ ~s~ [t](javascript:alert(1)) <b>&amp;</b> # h\n- l > q | c \\ "q" \'a\' {{x}} {{{y}}}',
  'signs that steer terminals': 'a\u0000b\u001b[31mred\r\nc\u0085d\u2028e\ud800f',
  'a sign of many marks': `z${'\u0301\u0327'.repeat(3000)}`,
  'a name of ten thousand letters': long('n'),
  'ten thousand emoji': long('👩‍👩‍👧'),
  'ten thousand ampersands': long('&'),
};

const hostileVersion = (text: string) => ({
  from: release(text, { revision: text, source: `https://x.example/${text}`, url: `javascript:${text}` }),
  to: release(`${text}2`, { revision: text, source: text, url: text, documentation: `https://d.example/"><${text}` }),
});

const failedAlone = {
  id: 'evt_2',
  type: 'failed',
  time: now.toISOString(),
  cycle: 'cyc_2',
  host: 'nas-01',
  workload: null,
  phase: 'list',
  outcome: 'unchanged',
  logTail: [],
  problem: { code: 'ENGINE_UNREACHABLE', message: 'connect ENOENT /var/run/docker.sock', hint: 'Is it running?' },
} as const satisfies BelfryEvent;

/** Reports of every size and with everything that others can put into them. */
export const reportFixtures: readonly ReportFixture[] = [
  ...sampleKinds.map((kind) => ({
    name: `a sample: ${kind}`,
    report: sampleReport(kind, { ...about, host: 'nas-01' }),
  })),
  ...[
    ['nothing at all', sampleFinished([])],
    ['something of everything', sampleFinished(lines('web'))],
    ['a dry run', sampleFinished(many(3, 'available', dryRun()), { dryRun: true })],
    ['500 updates', sampleFinished(many(500, 'recreated', { seconds: 3 }))],
    ['500 failures with logs', sampleFinished(many(500, 'failed', { ...broken, logTail: many20() }))],
    ['500 of everything', sampleFinished([...many(100, 'failed', broken), ...many(400, 'recreated'), ...lines('web')])],
    ['one failure among 500 skipped', sampleFinished([...many(500, 'skipped'), ...many(1, 'failed', broken)])],
    ['3 that cannot be checked', sampleFinished(many(3, 'failed', unchecked))],
    ['a host of any name', sampleFinished(lines('web'), { host: `${long('h')}<!here>` })],
    ...Object.entries(hostile).map(([name, text]) => [
      name,
      sampleFinished(
        lines(text, { ...hostileVersion(text), workload: sampleWorkload({ name: text, image: text, project: text }) }),
      ),
    ]),
    [
      'hostile labels',
      sampleFinished(
        lines('web', {
          workload: sampleWorkload({ labels: Object.fromEntries(Object.values(hostile).map((text) => [text, text])) }),
        }),
      ),
    ],
  ].map(([name, finished]) => ({ name: name as string, report: runReport(finished as Finished, about) })),
  {
    name: 'several cycles',
    report: digestReport(
      [
        sampleFinished(lines('web')),
        sampleFinished([...many(3, 'recreated'), sampleLine('web', { state: 'recreated' })]),
      ],
      about,
    ),
  },
  {
    name: 'a quiet week',
    report: quietReport(
      sampleFinished(lines('web').slice(2)),
      { cycles: 168, since: '2026-08-17T09:00:00.000Z' },
      about,
    ),
  },
  { name: 'a failure of Belfry itself', report: eventReport(failedAlone, about) },
];

function dryRun(): Partial<ReportItem> {
  return { by: 'core', problem: { code: 'DRY_RUN', message: 'this is a dry run; it would be updated', hint: '' } };
}

function many20(): readonly string[] {
  return Array.from({ length: 20 }, (_, at) => `${at} ${'log '.repeat(60)}`);
}
