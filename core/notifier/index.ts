/** What notifiers share: `import { defineNotifier, markups } from 'belfry/notifier'`. */
export { type About, digestReport, eventReport, runReport } from './build-report.ts';
export { classifyHttp } from './classify-http.ts';
export { clean } from './clean.ts';
export { clip, sizeIn } from './clip.ts';
export type { Composed, Size } from './compose.ts';
export { type NotifierConfig, notifierConfig } from './config.ts';
export { type ConfigOf, defineNotifier, type Notifier, type Outgoing } from './define-notifier.ts';
export { eventText } from './event-text.ts';
export { hiddenDestination } from './hidden-destination.ts';
export { type Markup, markups } from './markup.ts';
export { isOverdue } from './overdue.ts';
export type * from './report.ts';
export { reportText } from './report-text.ts';
export { type SampleKind, sampleKinds, sampleReport } from './sample.ts';
export { footerOf, type Section, sectionsOf, subtitleOf } from './sections.ts';
export { hasNews, type Select, selectReport } from './select.ts';
export { symbolOf } from './view.ts';
