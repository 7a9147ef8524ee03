import type { CleanupCandidate, CycleWorkload } from '../decisions.ts';
import { hasCode, problemOf } from '../errors/app-error.ts';
import type { BelfryEvent, Finished, Found, ReportItem } from '../events.ts';
import { check } from './check.ts';
import { cleanUp } from './clean-up.ts';
import type { Context } from './context.ts';
import { cycleStopped, decide, skipped } from './decide.ts';
import { createEndings, type Endings } from './endings.ts';
import { gather, touchedBy } from './groups/gather.ts';
import { type Group, membersOf } from './groups/member.ts';
import { type Listing, list } from './list.ts';
import { handOver } from './own.ts';
import type { Preview } from './preview.ts';
import { pullAll } from './pull.ts';
import { recover } from './recovery/recover.ts';
import { createAftermath } from './replacement/aftermath.ts';
import { replace } from './replacement/replace.ts';
import { reportItem, summarize } from './report.ts';
import { warn } from './warn.ts';

/** What a cycle does between its first and its last event. */
export type Pass = (context: Context) => Promise<Passed>;

export interface Passed {
  /** In dry runs, what would happen to each workload that is behind. */
  readonly previews: readonly Preview[];
  /** What earlier cycles left down, and is down still. */
  readonly stillDown: readonly ReportItem[];
  /** In dry runs, the images that a clean-up would remove now. */
  readonly wouldRemove: readonly CleanupCandidate[];
}

/** The update story: put in order what was left, look, decide, pull everything, replace one after the other. */
export const updates: Pass = async (context) => {
  const { request, own } = context;
  const stillDown = request.dryRun ? [] : await recover(context);

  const listing = await list(context);
  await announce(context, listing);
  const endings = createEndings(context);
  try {
    const stale = await check(context, listing, endings);
    const { jobs, previews, world } = await decide(context, listing, stale, endings);
    await endings.state(world === undefined ? undefined : touchedBy(world, jobs));

    const pulled = await pullAll(context, { listing, jobs, endings });
    await endings.state(world === undefined ? undefined : touchedBy(world, pulled));
    const ownJob = pulled.find(({ workload }) => workload.id === own?.id);
    const updates = pulled.filter((job) => job !== ownJob);
    const groups = world === undefined ? [] : await gather(context, { listing, world, updates, endings });
    await replaceAll(context, groups, endings);
    const wouldRemove = await cleanUp(context, listing, pulled);
    if (own !== undefined && ownJob !== undefined) endings.add(await handOver(context, own, ownJob));
    return { previews, stillDown, wouldRemove };
  } finally {
    await endings.state();
  }
};

async function announce(context: Context, listing: Listing): Promise<void> {
  const { cycle, request, verdicts, signal } = context;
  const { dryRun, trigger } = request;
  const plan = () => ({ cycle, trigger, workloads: cycleWorkloads(listing) });
  const warnings = await verdicts.tell('beforeCycle', plan, { dryRun, signal });
  if (!signal.aborted) await warn(context, warnings);
}

/** The cycle is over whatever becomes of this. */
async function conclude(context: Context, finished: Finished): Promise<void> {
  const summary = async () => ({ finished, workloads: cycleWorkloads(await list(context)) });
  try {
    await warn(context, await context.verdicts.tell('afterCycle', summary, context.request));
  } catch (error) {
    context.log.warn(`nobody could be told that the cycle ended: ${problemOf(error).message}`);
  }
}

function cycleWorkloads({ listed }: Listing): readonly CycleWorkload[] {
  return listed.map(({ workload, container }) => ({
    workload,
    labels: container.labels,
    running: container.state === 'running',
  }));
}

/** One group after the other; what Belfry does not come to any more is left for the next cycle. */
export async function replaceAll(context: Context, groups: readonly Group[], endings: Endings): Promise<void> {
  const aftermath = createAftermath(context, groups, endings);
  for (const group of groups) {
    if (!context.signal.aborted) await replace(context, group, { endings, aftermath });
    else for (const member of membersOf(group)) endings.add(skipped(context, member, cycleStopped));
  }
  await aftermath.finish();
}

/** Only puts in order what an interrupted run left. */
export const recoveries: Pass = async (context) => ({
  previews: [],
  stillDown: await recover(context),
  wouldRemove: [],
});

export interface CycleResult extends Passed {
  readonly finished: Finished;
}

/**
 * One cycle around a pass. Every workload in it has exactly one ending event; whatever goes wrong, it ends with
 * `finished`. What stopped the pass itself is stated and then thrown; a name that is wrong is only thrown.
 */
export async function runCycle(context: Context, pass: Pass): Promise<CycleResult> {
  const { bus, cycle, request, registry, now } = context;
  const { trigger, dryRun } = request;
  const tally = keepTally(context);
  const startedAt = now().toISOString();
  const end = async (stillDown: readonly ReportItem[]) => {
    tally.stop();
    const told = new Set(tally.items.map(({ workload }) => workload.name));
    const items = [...stillDown.filter(({ workload }) => !told.has(workload.name)), ...tally.items];
    const seconds = (now().getTime() - Date.parse(startedAt)) / 1000;
    const facts = { cycle, trigger, dryRun, startedAt, seconds, ...tally.sums(), items, ...(await engineOf(context)) };
    const finished = (await bus.emit(summarize(facts))) as Finished;
    await conclude(context, finished);
    return finished;
  };

  registry.beginCycle();
  await bus.emit({ type: 'started', cycle, workload: null, trigger, dryRun });
  try {
    const passed = await pass(context);
    return { ...passed, finished: await end(passed.stillDown) };
  } catch (error) {
    const failed = { type: 'failed', workload: null, phase: 'list', outcome: 'unchanged', logTail: [] } as const;
    if (!isAskedWrongly(error)) await bus.emit({ ...failed, cycle, problem: problemOf(error) });
    await end([]);
    throw error;
  }
}

/** Whoever named the container hears of it, and nobody else has to. */
function isAskedWrongly(error: unknown): boolean {
  return hasCode(error, 'WORKLOAD_UNKNOWN', 'NOTHING_TO_ROLL_BACK');
}

/** An engine that does not answer any more ends no cycle without its report. */
async function engineOf({ engine }: Context): Promise<Pick<Finished, 'engine'>> {
  const info = await engine.info().catch(() => undefined);
  if (info === undefined) return {};
  return { engine: { name: info.imageStore === 'podman' ? 'Podman' : 'Docker', version: info.version } };
}

/** Keeps what the report needs from the events as they pass. */
function keepTally({ bus, cycle }: Context) {
  const items: ReportItem[] = [];
  const found = new Map<string, Found>();
  const pulled = new Map<string, number>();
  let upToDate = 0;
  let reclaimedBytes = 0;
  const stop = bus.on((event: BelfryEvent) => {
    if (event.cycle !== cycle) return;
    if (event.type === 'found') found.set(event.workload.id, event);
    if (event.type === 'checked' && event.upToDate && event.ending) upToDate += 1;
    if (event.type === 'pulled') pulled.set(event.workload.id, Math.round(event.seconds * 1000));
    if (event.type === 'cleaned') reclaimedBytes += event.bytes;
    const id = event.workload?.id ?? '';
    const item = reportItem(event, found.get(id), pulled.get(id));
    if (item !== undefined) items.push(item);
  });
  const sums = () => ({ upToDate, ...(reclaimedBytes > 0 ? { reclaimedBytes } : {}) });
  return { items, sums, stop };
}
