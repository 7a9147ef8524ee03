import fc from 'fast-check';
import type { ImageVersion, ReportItem } from '../../core/events.ts';
import { runReport } from '../../core/notifier/build-report.ts';
import type { Report } from '../../core/notifier/report.ts';
import { sampleFinished, sampleLine } from '../kit/reports.ts';
import { sampleWorkload } from '../kit/samples.ts';

const orNull = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { freq: 2 });

/** Any text at all, and what services take for markup, at times very long. */
const text = fc.oneof(
  { weight: 6, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom('<!channel>', '@everyone', '```', '*_~`|\\', '{{x}}', '</b>&amp;', 'a\nb', '\u202ex'),
  },
  { weight: 1, arbitrary: fc.constantFrom('&', '🧑‍🚀', '`', 'a').map((sign) => sign.repeat(10_000)) },
);
const digest = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 });

const version: fc.Arbitrary<ImageVersion> = fc.record({
  reference: text,
  digest: orNull(digest.map((hex) => `sha256:${hex}`)),
  imageId: orNull(text),
  version: orNull(fc.oneof(text, fc.constantFrom('1.2.3', '1.3.0', 'v2', 'latest'))),
  created: orNull(fc.oneof(text, fc.constant('2026-08-20T00:00:00Z'))),
  revision: orNull(fc.oneof(text, digest)),
  source: orNull(fc.oneof(text, fc.webUrl(), fc.constant('git@github.com:acme/web.git'))),
});

const milliseconds = orNull(fc.nat(1e9));

const line: fc.Arbitrary<ReportItem> = fc
  .record({
    name: text,
    image: text,
    project: orNull(text),
    labels: fc.dictionary(text, text, { maxKeys: 3, noNullPrototype: true }),
    state: fc.constantFrom('failed', 'recreated', 'restarted', 'available', 'skipped'),
    outcome: orNull(fc.constantFrom('unchanged', 'rolled-back', 'updated', 'down')),
    from: orNull(version),
    to: orNull(version),
    bump: orNull(fc.constantFrom('major', 'minor', 'patch', 'digest', 'unknown')),
    by: orNull(text),
    problem: orNull(fc.record({ code: text, message: text, hint: text })),
    logTail: fc.array(text, { maxLength: 20 }),
    seconds: orNull(fc.float({ min: 0, max: 1e6, noNaN: true })),
    downtimeMs: milliseconds,
    phase: orNull(fc.constantFrom('pull', 'start', 'verify', 'commit')),
    rollback: orNull(
      fc.record({ status: fc.constantFrom('ok', 'failed'), durationMs: fc.nat(1e6), running: fc.boolean() }),
    ),
    downloadBytes: milliseconds,
  })
  .map(({ name, image, project, labels, ...rest }) =>
    sampleLine(name, { ...rest, workload: sampleWorkload({ name, image, project, labels }) } as Parameters<
      typeof sampleLine
    >[1]),
  );

/** Any report of a run. */
export const anyReport: fc.Arbitrary<Report> = fc
  .record({
    items: fc.array(line, { maxLength: 12 }),
    host: text,
    dryRun: fc.boolean(),
    warnings: fc.array(text, { maxLength: 3 }),
  })
  .map(({ items, host, dryRun, warnings }) =>
    runReport(sampleFinished(items, { host, dryRun }), {
      id: 'msg_1',
      now: new Date('2026-08-22T02:07:22Z'),
      warnings,
    }),
  );
