import { type Item, type List, lists, type Report, type Version } from './report.ts';
import { helperNames } from './view.ts';

/** What a template may name: `true` for a value, a list for what repeats, `any` where every name is right. */
export type Shape = true | 'any' | readonly [Shape] | { readonly [name: string]: Shape };

/** The types hold these tables and the report together. */
type ShapeOf<Value> = [NonNullable<Value>] extends [readonly (infer One)[]]
  ? readonly [ShapeOf<One>]
  : [NonNullable<Value>] extends [object]
    ? string extends keyof NonNullable<Value>
      ? 'any'
      : { readonly [Key in keyof NonNullable<Value>]-?: ShapeOf<NonNullable<Value>[Key]> }
    : true;

const version: ShapeOf<Version> = {
  version: true,
  tag: true,
  digest: true,
  short: true,
  imageId: true,
  createdAt: true,
  age: true,
  revision: true,
  shortRevision: true,
  label: true,
};

const item: ShapeOf<Item> = {
  ...{ index: true, first: true, last: true, n: true },
  ...{ name: true, service: true, project: true, id: true, host: true, labels: 'any' },
  image: { ref: true, registry: true, repository: true, tag: true, display: true, platform: true },
  ...{ from: version, to: version, change: true, bump: true, level: true, downgrade: true },
  ...{ state: true, outcome: true, down: true, consequence: true, reason: true, code: true, by: true, until: true },
  ...{ phase: true, error: { message: true, code: true, hint: true }, exitCode: true, logTail: [true] },
  rollback: { status: true, to: version, durationMs: true, duration: true, running: true, error: true },
  ...{ downtimeMs: true, downtime: true, durationMs: true, duration: true },
  timings: { pull: true, stop: true, start: true, health: true },
  ...{ downloadBytes: true, download: true, firstSeenAt: true, ageDays: true, remindedTimes: true, failedSince: true },
  links: { source: true, release: true, compare: true, changelog: true, registry: true, docs: true, changes: true },
};

const report: ShapeOf<Report> = {
  ...{ schema: true, kind: true, id: true, host: true, hostUrl: true },
  cycle: {
    ...{ id: true, cycles: true, trigger: true, dryRun: true },
    ...{ startedAt: true, finishedAt: true, durationMs: true, duration: true },
  },
  ...{ engine: { name: true, version: true }, app: { name: true, version: true } },
  ...{ outcome: true, severity: true, action: true, title: true, summary: true },
  counts: {
    ...{ checked: true, upToDate: true, available: true, held: true, recreated: true, restarted: true },
    ...{ recovered: true, skipped: true, failed: true, rolledBack: true, down: true, unchecked: true },
  },
  ...{ failed: [item], recreated: [item], restarted: [item], available: [item], held: [item], skipped: [item] },
  ...{ recovered: [item], reclaimedBytes: true, reclaimed: true, warnings: [true] },
  truncated: [{ list: true, omitted: true }],
  notes: { deliveryProblems: [true] },
};

const slices = lists.flatMap((list: List) => [
  ...['Top5', 'Top10', 'Rest'].map((slice) => [`${list}${slice}`, [item] as const] as const),
  [`${list}Omitted`, true] as const,
]);

/** Everything that a template sees, helpers included. */
export const viewShape: { readonly [name: string]: Shape } = {
  ...(report as { readonly [name: string]: Shape }),
  ...Object.fromEntries(slices),
  ...Object.fromEntries(helperNames.map((name) => [name, true as const])),
  symbol: true,
};
