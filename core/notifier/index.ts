/** What notifiers share: `import { notifierConfig, classifyHttp, reportText } from 'belfry/notifier'`. */
import * as z from 'zod';
import { type EventType, eventTypes } from '../events.ts';

export { type About, digestReport, eventReport, runReport } from './build-report.ts';
export { classifyHttp } from './classify-http.ts';
export { eventText } from './event-text.ts';
export type * from './report.ts';
export { reportText } from './report-text.ts';
export { type SampleKind, sampleKinds, sampleReport } from './sample.ts';

type Deliverable = Exclude<EventType, 'delivered'>;
const deliverable = eventTypes.filter((type): type is Deliverable => type !== 'delivered');

/** The settings every notifier has, to be spread into its own: `z.strictObject({ ...notifierConfig, url: z.url() })`. */
export const notifierConfig = {
  delivery: z
    .enum(['run', 'immediate'])
    .default('run')
    .describe('`run`: one report for each cycle that has something to tell; `immediate`: every event by itself.'),
  events: z
    .array(z.enum(deliverable))
    .optional()
    .describe('The events that are worth a message; a report is sent when it tells of any of them.'),
  backfill: z.boolean().default(false).describe('Also tell what happened before this notifier was configured.'),
};
