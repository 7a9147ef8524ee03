import { containerNames, type Decision, duration, type EventType, z } from 'belfry/plugin';

/** What a script may be run on: a phase, which waits for it, or an event, which has happened. */
export const phases = [
  'beforeCycle',
  'beforeReplace',
  'afterUpdate',
  'afterRollback',
  'afterCycle',
] as const satisfies readonly Decision[];
export const events = [
  ...['started', 'checked', 'found', 'skipped', 'pulled', 'recreated', 'restarted', 'failed'],
  ...['cleaned', 'recovered', 'finished'],
] as const satisfies readonly EventType[];

export type Phase = (typeof phases)[number];
export type Occurrence = Phase | (typeof events)[number];

const ofWholeCycles: readonly Occurrence[] = ['beforeCycle', 'afterCycle', 'started', 'finished'];
const longest = 6 * 3_600_000;

const script = z
  .strictObject({
    on: z
      .array(z.enum([...phases, ...events]))
      .min(1)
      .describe('The phases and events that it is run on.'),
    run: z
      .array(z.string())
      .min(1)
      .describe(
        'The program and its arguments; no shell takes part. A relative path starts at the configuration file.',
      ),
    containers: containerNames()
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
      .describe('How long it may take before it is ended with all that it started; on events never longer than 25s.'),
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

/** Whoever hears an event has 30 seconds for it. */
export function timeoutOf({ timeout }: Script, on: Occurrence): number {
  return events.some((one) => one === on) ? Math.min(timeout, 25_000) : timeout;
}
