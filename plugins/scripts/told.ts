import type { BelfryEvent, CyclePlan, CycleSummary, ImageVersion, Plan, Workload } from 'belfry/plugin';
import type { Occurrence } from './config.ts';

/** What a script is told. */
export interface Occasion {
  readonly on: Occurrence;
  /** Null where it is about no single container. */
  readonly workload: Workload | null;
  /** For its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** One line of JSON for its standard input. */
  readonly input: string;
}

type Facts = Readonly<Record<string, string | number | null | undefined>>;

export function ofPlan(on: Occurrence, plan: Plan): Occasion {
  const { cycle, workload, from, to, bump } = plan;
  return told(on, workload, { cycle, bump, ...images(from, to) }, { plan });
}

export function ofCycle(on: Occurrence, cycle: CyclePlan): Occasion {
  return told(on, null, { cycle: cycle.cycle, trigger: cycle.trigger }, { cycle });
}

export function ofSummary(on: Occurrence, summary: CycleSummary): Occasion {
  const { cycle, trigger, counts } = summary.finished;
  const { recreated, skipped, failed } = counts;
  return told(on, null, { cycle, trigger, recreated, skipped, failed }, { summary });
}

export function ofEvent(on: Occurrence, event: BelfryEvent): Occasion {
  const { from, to } = event as { readonly from?: ImageVersion; readonly to?: ImageVersion | null };
  const { cycle, workload } = event;
  return told(on, workload, { cycle, ...images(from, to ?? undefined), ...outcomeOf(event) }, { event });
}

function outcomeOf(event: BelfryEvent): Facts {
  if (event.type === 'skipped') return { code: event.code, reason: event.reason };
  if (event.type === 'recovered') return { outcome: event.outcome };
  if (event.type !== 'failed') return {};
  return { outcome: event.outcome, code: event.problem.code, reason: event.problem.message };
}

function images(from: ImageVersion | undefined, to: ImageVersion | undefined): Facts {
  return { from: named(from), from_version: from?.version, to: named(to), to_version: to?.version };
}

/** With its digest, since a tag may mean either of the two. */
function named(version: ImageVersion | undefined): string | undefined {
  if (version === undefined) return undefined;
  return version.digest === null ? version.reference : `${version.reference}@${version.digest}`;
}

function told(on: Occurrence, workload: Workload | null, facts: Facts, json: object): Occasion {
  const about = workload === null ? {} : { name: workload.name, id: workload.id, image: workload.image };
  const known = Object.entries({ event: on, ...about, ...facts }).flatMap(([name, value]) =>
    value === undefined || value === null ? [] : [[`BELFRY_${name.toUpperCase()}`, safe(`${value}`)] as const],
  );
  return { on, workload, env: Object.fromEntries(known), input: `${JSON.stringify({ schema: 1, on, ...json })}\n` };
}

/** What images say of themselves may be of any kind and length. */
function safe(value: string): string {
  return value.replaceAll('\0', '').slice(0, 4_096);
}
