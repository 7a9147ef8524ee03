import { eventText, isOverdue } from 'belfry/notifier';
import { definePlugin, type Failed, type Finished, type ReportItem } from 'belfry/plugin';
import { call } from './call.ts';
import { addressFor, config, type Moment } from './config.ts';

export default definePlugin({
  name: 'dead-man',
  apiVersion: 1,
  summary: 'Calls an address at the start and the end of each cycle, so that a service notices when it no longer does.',
  config,
  setup(context) {
    const { redact, log } = context;
    const { method, unknownAfter } = context.config;
    let broke: Failed | undefined;

    async function ping(moment: Moment, lines: readonly string[], patience: readonly number[]): Promise<void> {
      const url = addressFor(moment, context.config);
      if (url === undefined) return;
      const body = redact(lines.join('\n')).slice(0, mostText);
      const problem = await call(method === 'GET' ? { method, url } : { method, url, body }, patience, context);
      if (problem !== undefined) log.warn(`the ${moment} call did not arrive: ${redact(problem)}`);
    }

    return {
      on: {
        started: async (event) => {
          broke = undefined;
          // Once, because the end of the cycle matters more and waits behind it.
          if (!event.dryRun) await ping('start', [eventText(event)], []);
        },
        failed: (event) => {
          if (event.workload === null && event.phase === 'list') broke = event;
        },
        finished: async (event) => {
          const failed = broke?.cycle === event.cycle || event.items.some((item) => counts(item, event, unknownAfter));
          if (!event.dryRun) await ping(failed ? 'fail' : 'success', linesOf(event, broke), retries);
        },
      },
    };
  },
});

const mostText = 4_000;
/** Milliseconds before each further attempt. */
const retries = [1_000, 3_000, 5_000];

/** A registry may be away for a while; that is no failure of the cycle. */
function counts({ state, phase, since }: ReportItem, { time }: Finished, unknownAfter: number): boolean {
  if (state !== 'failed') return false;
  return phase !== 'check' || isOverdue(since ?? time, time, unknownAfter);
}

function linesOf(finished: Finished, broke: Failed | undefined): readonly string[] {
  const failed = finished.items.filter(({ state }) => state === 'failed');
  return [
    `${finished.host}: ${eventText(finished)}`,
    ...(broke?.cycle === finished.cycle ? [eventText(broke)] : []),
    ...failed.map(({ workload, problem }) => `${workload.name}: ${problem?.message ?? 'it failed'}`),
  ];
}
