import { type CycleWorkload, defer, definePlugin, hookFailed, type PluginContext, veto, z } from 'belfry/plugin';
import { type Command, commandOf, type Hook, labels, longest } from './labels.ts';

const id = z.int().min(0).max(2_147_483_647).default(0);
const config = z.strictObject({
  uid: id.describe('The user id that the commands run as; with 0 it is the container’s own user.'),
  gid: id.describe(
    'The group id that the commands run as, where a user id is given; with 0 it is the one of that user.',
  ),
});

/** By sysexits.h: try again later. */
const notNow = 75;
const atOnce = 4;

export default definePlugin({
  name: 'lifecycle',
  apiVersion: 1,
  summary: 'Runs the commands that containers name in their labels, inside them, around cycles and updates.',
  config,
  labels,
  requires: ['exec', 'state'],
  patience: (_, { labels }) => longest(labels),
  setup: (context) => ({
    beforeCycle: ({ workloads }, { signal }) => check(context, 'pre-check', workloads, signal),
    afterCycle: ({ workloads }, { signal }) => check(context, 'post-check', workloads, signal),

    async beforeReplace({ workload, labels }, { signal }) {
      const command = commandOf('pre-update', labels, context.config);
      if (command === undefined) return undefined;
      const { running, restarting } = await context.state(workload);
      if (!running || restarting) return undefined;
      const ended = await run(context, { workload, labels }, command, signal);
      if (ended.failure === undefined) return undefined;
      return ended.exitCode === notNow
        ? defer(`its pre-update command says not now${ended.words}`)
        : veto(`its pre-update command ${ended.failure}`);
    },

    async afterUpdate({ workload, labels }, { signal }) {
      const command = commandOf('post-update', labels, context.config);
      if (command === undefined || !(await context.state(workload)).running) return undefined;
      const { failure } = await run(context, { workload, labels }, command, signal);
      if (failure !== undefined) throw hookFailed(`the post-update command of ${workload.name} ${failure}`);
      return undefined;
    },
  }),
});

type Context = PluginContext<z.infer<typeof config>>;
type Bearer = Pick<CycleWorkload, 'workload' | 'labels'>;

/** What comes of these commands changes nothing, so that it is only logged. */
async function check(
  context: Context,
  hook: Hook,
  workloads: readonly CycleWorkload[],
  signal: AbortSignal,
): Promise<undefined> {
  const queue = workloads.filter(({ running }) => running).values();
  const work = async () => {
    for (const one of queue) {
      const command = commandOf(hook, one.labels, context.config);
      if (command === undefined || signal.aborted) continue;
      const told = (failure: string) => context.log.warn(`the ${hook} command of ${one.workload.name} ${failure}`);
      await run(context, one, command, signal).then(
        ({ failure }) => failure !== undefined && told(failure),
        (error: unknown) => told(`could not be run: ${error instanceof Error ? error.message : String(error)}`),
      );
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

interface Ended {
  /** How it failed, as the end of a sentence that begins with its name; undefined where it did not. */
  readonly failure: string | undefined;
  /** Null where it did not run or was given up. */
  readonly exitCode: number | null;
  /** The last line it said, behind a colon; empty where it said nothing. */
  readonly words: string;
}

async function run(context: Context, bearer: Bearer, command: Command, signal: AbortSignal): Promise<Ended> {
  const { exec, log } = context;
  const { workload } = bearer;
  const { hook, line, timeout, user, losesGroup, problem } = command;
  if (problem !== undefined) return { failure: `is not run: ${problem}`, exitCode: null, words: '' };
  if (losesGroup) log.warn(`the ${hook} command of ${workload.name} has a group without a user, which is ignored`);
  const env = { WT_CONTAINER: JSON.stringify(described(bearer)) };
  try {
    const { exitCode, output } = await exec(workload, { argv: ['sh', '-c', line], user, env, timeout, signal });
    log.info(`the ${hook} command of ${workload.name} ended with exit code ${exitCode}`, {
      output: output.slice(-2000),
    });
    const [last = ''] = output.trim().split('\n').slice(-1);
    const words = last === '' ? '' : `: ${last.trim().slice(0, 300)}`;
    return { failure: exitCode === 0 ? undefined : `ended with exit code ${exitCode}${words}`, exitCode, words };
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== 'ENGINE_TIMEOUT') throw error;
    return { failure: `did not end within ${timeout / 60_000} min, and may still run`, exitCode: null, words: '' };
  }
}

/** What Watchtower tells its hooks. */
function described({ workload, labels }: Bearer): object {
  const prefix = 'com.centurylinklabs.watchtower.';
  const own = Object.fromEntries(Object.entries(labels).filter(([name]) => name.startsWith(prefix)));
  const stop_signal = own[`${prefix}stop-signal`] ?? '';
  return { name: workload.name, id: workload.id, image_name: workload.image, stop_signal, labels: own };
}
