import type { CyclePlan, CycleSummary, ImageVersion, Plan, Workload } from 'belfry/plugin';
import type { Phase } from './config.ts';

/** What a script is told. */
export interface Occasion {
  readonly on: Phase;
  /** Null where it is about no single container. */
  readonly workload: Workload | null;
  /** For its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** One line of JSON for its standard input. */
  readonly input: string;
}

type Facts = Readonly<Record<string, string | number | null>>;

export function ofPlan(on: Phase, plan: Plan): Occasion {
  const { cycle, workload, bump } = plan;
  return told(on, workload, { cycle, bump, ...images(plan) }, { plan });
}

export function ofCycle(on: Phase, cycle: CyclePlan): Occasion {
  return told(on, null, { cycle: cycle.cycle, trigger: cycle.trigger }, { cycle });
}

export function ofSummary(on: Phase, summary: CycleSummary): Occasion {
  const { cycle, trigger, counts } = summary.finished;
  const { recreated, skipped, failed } = counts;
  return told(on, null, { cycle, trigger, recreated, skipped, failed }, { summary });
}

function images({ from, to }: Plan): Facts {
  return { from: named(from), from_version: from.version, to: named(to), to_version: to.version };
}

/** With its digest, since a tag may mean either of the two. */
function named({ reference, digest }: ImageVersion): string {
  return digest === null ? reference : `${reference}@${digest}`;
}

function told(on: Phase, workload: Workload | null, facts: Facts, json: object): Occasion {
  const about = workload === null ? {} : { name: workload.name, id: workload.id, image: workload.image };
  const known = Object.entries({ event: on, ...about, ...facts }).flatMap(([name, value]) =>
    value === null ? [] : [[`BELFRY_${name.toUpperCase()}`, safe(`${value}`)] as const],
  );
  return { on, workload, env: Object.fromEntries(known), input: `${JSON.stringify({ schema: 1, on, ...json })}\n` };
}

/** What images say of themselves may be of any kind and length. */
function safe(value: string): string {
  return value.replaceAll('\0', '').slice(0, 4_096);
}
