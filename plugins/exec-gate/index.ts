import { accessSync, constants } from 'node:fs';
import { resolve } from 'node:path';
import { allow, definePlugin, duration, matchesName, namePatterns, runProgram, z } from 'belfry/plugin';
import { verdictOf } from './verdict.ts';

const config = z.strictObject({
  run: z
    .array(z.string())
    .min(1)
    .describe('The program and its arguments; no shell takes part. A relative path starts at the configuration file.'),
  containers: namePatterns()
    .optional()
    .describe('The containers that it is asked about, as patterns of whole names; all unless given.'),
  env: z
    .record(z.string().regex(/^[A-Za-z_]\w*$/), z.string())
    .prefault({})
    .describe('All that it finds in its environment besides PATH, by name; values may be references to that of Belfry.')
    .meta({ writeOnly: true }),
  timeout: duration({ least: 1_000, most: 50_000 })
    .prefault('30s')
    .describe('How long it may take before it is ended with all that it started.'),
});

export default definePlugin({
  name: 'exec-gate',
  apiVersion: 1,
  summary: 'Asks a program on Belfry’s own machine whether an update may happen.',
  config,
  setup({ config: { run, containers, env, timeout }, folder }) {
    mustExist(run[0] ?? '', folder);
    return {
      async beforeUpdate(plan, { signal }) {
        const { name } = plan.workload;
        if (containers?.some((pattern) => matchesName(pattern, name)) === false) return undefined;
        const input = `${JSON.stringify({ schema: 1, on: 'beforeUpdate', plan })}\n`;
        const result = await runProgram({ argv: run, env, input, timeout, signal, folder });
        return result.exitCode === 0 && !result.timedOut
          ? allow()
          : verdictOf(result, { program: run[0] ?? '', timeout });
      },
    };
  },
});

/** One given by a path can be looked for before it is needed. */
function mustExist(program: string, folder: string): void {
  if (!program.includes('/')) return;
  try {
    accessSync(resolve(folder, program), constants.X_OK);
  } catch {
    throw new Error(`${program} is not there or not executable`);
  }
}
