import { type Asking, definePlugin, healthy, probeFields, probeLabels, probing, z } from 'belfry/plugin';
import { words } from './words.ts';

const check = z.strictObject({
  ...probeFields(),
  command: z.array(z.string()).min(1).describe('The program in the container and its arguments; no shell takes part.'),
  user: z.string().min(1).optional().describe('User, or user:group, to run it as; the container’s own unless given.'),
});

interface Command {
  readonly command: readonly string[];
  readonly user?: string | undefined;
}

export default definePlugin({
  name: 'health-exec',
  apiVersion: 1,
  summary: 'Runs a command in the container until it exits with 0.',
  labels: {
    'health.exec': 'A command in the container that must exit with 0, such as pg_isready -U app.',
    ...probeLabels,
  },
  requires: ['exec'],
  config: z.strictObject({ checks: z.array(check).prefault([]).describe('The checks, each for some containers.') }),
  ...probing<Command>({
    fromLabels: (read) => read('health.exec', 'a command with its quotes closed', readCommand),
    begin: (asking) => (moment) => attempt(asking, moment),
  }),
});

function readCommand(text: string): Command | undefined {
  const command = words(text);
  return command === undefined || command.length === 0 ? undefined : { command };
}

/** A command that hangs is waited for as long as there is time: the engine cannot end it, so none is begun beside it. */
async function attempt(
  { check, workload, context }: Asking<Command>,
  { left, signal }: { readonly left: number; readonly signal: AbortSignal },
) {
  const shown = check.command.join(' ');
  try {
    const { exitCode, output } = await context.exec(workload, {
      argv: check.command,
      ...(check.user === undefined ? {} : { user: check.user }),
      timeout: left,
      signal,
    });
    if (exitCode === 0) return healthy();
    const said = output.trim().split('\n').at(-1) ?? '';
    return `${shown} exited with ${exitCode}${said === '' ? '' : `: ${said.slice(0, 200)}`}`;
  } catch (error) {
    return `${shown} could not be run: ${error instanceof Error ? error.message : String(error)}`;
  }
}
