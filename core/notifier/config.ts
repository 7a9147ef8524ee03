import * as z from 'zod';
import { durationPattern } from '../config/duration.ts';
import { patternProblem } from '../config/pattern.ts';
import { scheduleProblem } from '../config/schedule.ts';
import { type EventType, eventTypes } from '../events.ts';

type Deliverable = Exclude<EventType, 'delivered'>;
const deliverable = eventTypes.filter((type): type is Deliverable => type !== 'delivered');

const pattern = z
  .string()
  .min(1)
  .refine((text) => patternProblem(text) === undefined, 'This is no regular expression that can be used.');
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Write a time as 22:00.');
const zone = z.string().refine(isTimeZone, 'This is no time zone; write one as Europe/Berlin.');
const cron = z.string().superRefine(async (text, context) => {
  const problem = await scheduleProblem(text);
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
});
const severities = ['info', 'notice', 'warning', 'error'] as const;

const select = z.strictObject({
  events: z
    .array(z.enum(deliverable))
    .optional()
    .describe('The events that are worth a message; a report is sent when it tells of any of them.'),
  severity: z
    .enum(severities)
    .optional()
    .describe('The least that is worth a message: `error` for failures, `warning` also for what is held back.'),
  name: z.array(pattern).optional().describe('Names of containers, as regular expressions that match the whole name.'),
  label: z
    .array(z.string().min(1))
    .optional()
    .describe(
      'Labels of containers, as `belfry.notify=ops` or `belfry.notify`; only labels that begin with `belfry.` or `com.centurylinklabs.watchtower.` count.',
    ),
  image: z.array(pattern).optional().describe('Images, as regular expressions that match the whole reference.'),
  project: z.array(z.string().min(1)).optional().describe('Names of Compose projects.'),
});

const quiet = z.strictObject({
  from: clock.describe('When the quiet begins, such as `22:00`.'),
  to: clock.describe('When it ends, such as `07:00`; then what was held comes as one message.'),
  timeZone: zone.optional().describe('The time zone of both, such as `Europe/Berlin`; that of Belfry unless given.'),
  except: z.array(z.enum(deliverable)).default(['failed']).describe('The events that are told at once all the same.'),
});

const template = z.strictObject({
  title: z
    .string()
    .min(1)
    .optional()
    .describe('A template for the first line, such as `{{counts.failed}} failed on {{host}}`.'),
  body: z.string().min(1).optional().describe(`A template for the message, such as \`\${file:ops.mustache}\`.`),
});

const mention = z.strictObject({
  who: z.string().min(1).describe('Whom to call, as the service writes it.'),
  on: z
    .array(z.enum(['down', 'failed', 'held', 'available', 'recreated', 'recovered']))
    .default(['down', 'failed'])
    .describe('What is worth calling for.'),
});

/** The settings every notifier has. */
export const notifierConfig = {
  select: select.optional().describe('Which events and containers this notifier is told of; all of them unless given.'),
  delivery: z
    .enum(['run', 'immediate', 'digest'])
    .default('run')
    .describe(
      '`run`: one report for each cycle with news; `immediate`: every event at once; `digest`: one report by schedule.',
    ),
  schedule: cron.optional().describe('When a `digest` is sent, such as `0 8 * * 1-5`.'),
  quiet: quiet.optional().describe('Hours in which messages are held; none is dropped.'),
  remind: z
    .union([z.literal(false), z.string().regex(durationPattern, 'Write a duration as 7d.')])
    .default('7d')
    .describe('When what is still available, or still cannot be checked, is told of again; `false` for never.'),
  unknownAfter: z
    .string()
    .regex(durationPattern, 'Write a duration as 24h.')
    .default('24h')
    .describe('How long a registry may be away before that is told; `0s` for no time.'),
  allQuiet: cron
    .optional()
    .describe('When to say that all is quiet, where nothing was sent since the time before, such as `0 9 * * 1`.'),
  backfill: z.boolean().default(false).describe('Also tell what happened before this notifier was configured.'),
  template: template.optional().describe('Texts of your own instead of the built-in ones.'),
  mention: mention.optional().describe('Whom a message calls, and when; nothing else in a message calls anyone.'),
  hostUrl: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('A page about this host that messages lead to.'),
  tag: z
    .string()
    .min(1)
    .max(60)
    .optional()
    .describe('What the first line begins with, in brackets: `nas` makes it `[nas] 3 updated on …`.'),
  skipTitle: z
    .boolean()
    .default(false)
    .describe(
      'Leaves the title that a service shows above the message empty; the message begins with that line instead.',
    ),
};

export type NotifierConfig = z.output<z.ZodObject<typeof notifierConfig>>;

function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }) !== undefined;
  } catch {
    return false;
  }
}
