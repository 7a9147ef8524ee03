import { type Decision, duration, namePatterns, z } from 'belfry/plugin';

/** What waits for scripts. */
export const phases = [
  'beforeCycle',
  'beforeReplace',
  'afterUpdate',
  'afterRollback',
  'afterCycle',
] as const satisfies readonly Decision[];

export type Phase = (typeof phases)[number];

const ofWholeCycles: readonly Phase[] = ['beforeCycle', 'afterCycle'];
const longest = 6 * 3_600_000;

const script = z
  .strictObject({
    on: z.array(z.enum(phases)).min(1).describe('When it is run.'),
    run: z
      .array(z.string())
      .min(1)
      .describe(
        'The program and its arguments; no shell takes part. A relative path starts at the configuration file.',
      ),
    containers: namePatterns()
      .optional()
      .describe('The containers that it is run for, as patterns of whole names; all unless given.'),
    env: z
      .record(z.string().regex(/^[A-Za-z_]\w*$/), z.string())
      .prefault({})
      .describe(
        'What it finds in its environment besides PATH and BELFRY_…, by name; values may be references to the environment of Belfry.',
      )
      .meta({ writeOnly: true }),
    timeout: duration({ least: 1_000, most: longest })
      .prefault('1m')
      .describe('How long it may take before it is ended with all that it started.'),
    onFailure: z
      .enum(['refuse', 'warn'])
      .prefault('refuse')
      .describe('What a failure on `beforeReplace` means: `refuse` leaves the container as it is, `warn` goes on.'),
  })
  .superRefine(({ on, containers }, { addIssue }) => {
    const whole = on.filter((one) => ofWholeCycles.includes(one));
    if (containers !== undefined && whole.length > 0)
      addIssue({
        code: 'custom',
        path: ['containers'],
        message: `${whole.join(' and ')} is about no single container`,
      });
  });

export const config = z.strictObject({
  scripts: z.array(script).min(1).describe('The scripts, in the order in which they are run.'),
});

export type Script = z.infer<typeof script>;
