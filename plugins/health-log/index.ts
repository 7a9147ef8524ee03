import { definePlugin, duration, guardedPattern, pattern, probeFields, probeLabels, probing, z } from 'belfry/plugin';
import { type Lines, watchLog } from './watch-log.ts';

const { containers, timeout, interval } = probeFields();

const check = z
  .strictObject({
    ...{ containers, timeout, interval },
    line: pattern().optional().describe('A pattern that a line of the log must match within `timeout`.'),
    notLine: pattern().optional().describe('A pattern that no line of the log may match.'),
    watch: duration({ most: 3_600_000 })
      .optional()
      .describe('How long at least the log is watched for `notLine`; the stability window unless given.'),
  })
  .refine(({ line, notLine }) => line !== undefined || notLine !== undefined, {
    error: 'expected `line`, `notLine` or both',
  });

export default definePlugin({
  name: 'health-log',
  apiVersion: 1,
  summary: 'Waits for a line in the container’s log, or for one that must not appear.',
  labels: {
    'health.log': 'A pattern that a line of the log must match, such as ready to accept.',
    'health.log-not': 'A pattern that no line of the log may match, such as panic.',
    ...probeLabels,
  },
  requires: ['logs'],
  config: z.strictObject({ checks: z.array(check).prefault([]).describe('The checks, each for some containers.') }),
  ...probing<Lines>({
    fromLabels(read) {
      const line = read('health.log', expected, readPattern);
      const notLine = read('health.log-not', expected, readPattern);
      return line === undefined && notLine === undefined ? undefined : { line, notLine };
    },
    obstacle: ({ workload, context }) =>
      context.logs(workload, 1).then(
        () => undefined,
        (error: unknown) =>
          `the log of ${workload.name} cannot be read: ${error instanceof Error ? error.message : error}`,
      ),
    begin: ({ check, workload, plan, context }) =>
      watchLog(check, {
        read: () => context.logs(workload, 2000),
        watch: Math.min(check.watch ?? plan.stabilityWindow, check.timeout),
      }),
  }),
});

const expected = 'a regular expression of at most 500 characters without a repeated group that repeats itself';

function readPattern(text: string) {
  const pattern = guardedPattern(text);
  return typeof pattern === 'string' ? undefined : pattern;
}
