import type { Budget, DeliveryContext } from '../plugin.ts';
import { clean } from './clean.ts';
import { clip, sizeIn } from './clip.ts';
import { type Fitting, fit, settled } from './fit.ts';
import type { Markup } from './markup.ts';
import { markups } from './markup.ts';
import type { Report } from './report.ts';
import { reportText } from './report-text.ts';
import type { Scrub } from './scrub.ts';
import { ownTemplate, type Template } from './template.ts';

/** How one channel makes messages. */
export interface Composition<Content> {
  readonly budget: Budget;
  readonly markup: Markup;
  /** The service shows the title by itself, so the text does not begin with it. */
  readonly ownTitle: boolean;
  readonly layout: ((report: Report) => Content) | undefined;
  readonly measure: ((content: Content | string) => Size) | undefined;
  /** Whether what a template has made can be sent. */
  readonly accepts: ((text: string) => boolean) | undefined;
  readonly templates: { readonly title?: Template | undefined; readonly body?: Template | undefined };
  readonly scrub: Scrub;
  readonly logLines: number;
}

/** In the budget's unit, and in blocks where the service counts such. */
export interface Size {
  readonly size: number;
  readonly blocks?: number;
}

/** A message as it goes out: within the budget, without secrets, marked up for its service. */
export interface Composed<Content> {
  /** As much of it as the message tells. */
  readonly report: Report;
  /** Never marked up: what happened, and whether someone must act. */
  readonly title: string;
  /** Marked up, unless `plain`. Begins with the title, unless the service shows that by itself. */
  readonly text: string;
  /** What the channel's own layout made; null where a template or plain text takes its place. */
  readonly content: Content | null;
  /** The text has no markup, and must be sent as such. */
  readonly plain: boolean;
  /** Why the user's template was not used. */
  readonly problem: string | null;
}

const titleLimit = 150;

/** The user's template, else the layout, else plain text: the first that comes about and fits. Never throws. */
export function compose<Content>(
  given: Report,
  form: DeliveryContext['form'],
  how: Composition<Content>,
): Composed<Content> {
  const { templates, scrub } = how;
  const report = settled(scrub(given));
  const budget = form === 'full' ? how.budget : { ...how.budget, limit: Math.floor(how.budget.limit / 2) };
  const terms = { ...how, budget };
  const problems: string[] = [];
  const attempt = (make: () => Omit<Composed<Content>, 'problem'> | undefined): Composed<Content> | undefined => {
    try {
      const made = make();
      return made === undefined ? undefined : { ...made, ...scrubbed(made, scrub), problem: problems[0] ?? null };
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  };
  const title = () => titleOf(report, templates.title);
  const custom =
    templates.body === undefined || form !== 'full'
      ? undefined
      : attempt(() => byTemplate(report, title(), templates.body, terms));
  if (custom !== undefined) return custom;
  const built = form === 'text' ? undefined : attempt(() => builtIn(report, title(), terms));
  return built ?? attempt(() => inPlain(report, title(), terms)) ?? lastResort(report, terms);
}

function titleOf(report: Report, template: Template | undefined): string {
  const made = template?.(report, markups.plain).replace(/\s+/g, ' ').trim() ?? '';
  return clip(clean(made === '' ? report.title : made), titleLimit);
}

type Made<Content> = Omit<Composed<Content>, 'problem'>;

function byTemplate<Content>(
  report: Report,
  title: string,
  template: Template | undefined,
  terms: Composition<Content>,
): Made<Content> | undefined {
  if (template === undefined) return undefined;
  const made = fit(
    report,
    textFitting((shrunk) => tidy(template(shrunk, terms.markup)), terms),
  );
  if (made === undefined || made.content.trim() === '') return undefined;
  if (terms.accepts?.(made.content) === false) throw new Error('it made something that the service does not take');
  return { report: made.report, title, text: made.content, content: null, plain: false };
}

function builtIn<Content>(report: Report, title: string, terms: Composition<Content>): Made<Content> | undefined {
  const { layout, markup } = terms;
  if (layout === undefined) {
    const template = ownTemplate('marked/report');
    const made = fit(
      report,
      textFitting((shrunk) => headed(title, tidy(template(shrunk, markup)), terms), terms),
    );
    return made && { report: made.report, title, text: made.content, content: null, plain: false };
  }
  const made = fit(report, {
    render: (shrunk) => layout({ ...shrunk, title }),
    fits: (content) => contentFits(content, terms),
    logLines: terms.logLines,
  });
  if (made === undefined) return undefined;
  return { report: { ...made.report, title }, title, text: markup.escape(title), content: made.content, plain: false };
}

function inPlain<Content>(report: Report, title: string, terms: Composition<Content>): Made<Content> | undefined {
  const render = (shrunk: Report) => reportText({ ...shrunk, title }, { titled: !terms.ownTitle });
  const made = fit(report, textFitting(render, terms));
  return made && { report: made.report, title, text: made.content, content: null, plain: true };
}

/** The title alone fits everywhere. */
function lastResort<Content>(report: Report, { budget, scrub }: Composition<Content>): Composed<Content> {
  const title = scrub(clip(clean(report.title), titleLimit));
  const text = clip(title, budget.limit, budget.unit);
  return { report, title, text, content: null, plain: true, problem: null };
}

const headed = <Content>(title: string, text: string, { ownTitle, markup }: Composition<Content>) =>
  ownTitle ? text : `${markup.bold(markup.escape(title))}\n${text}`;

/** No more than one empty line, and none around. */
const tidy = (text: string) =>
  text
    .replace(/[^\S\n]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim();

function textFitting<Content>(render: (report: Report) => string, terms: Composition<Content>): Fitting<string> {
  return { render, fits: (text) => textFits(text, terms), logLines: terms.logLines };
}

function textFits<Content>(text: string, { budget, measure }: Composition<Content>): boolean {
  return within(measure?.(text) ?? { size: sizeIn(budget.unit, text) }, budget);
}

function contentFits<Content>(content: Content, { budget, measure }: Composition<Content>): boolean {
  return within(measure?.(content) ?? { size: sizeIn(budget.unit, JSON.stringify(content)) }, budget);
}

const within = ({ size, blocks = 0 }: Size, budget: Budget) =>
  size <= budget.limit && blocks <= (budget.blocks ?? Number.POSITIVE_INFINITY);

/** Once more, because a template may hold secrets of its own. */
function scrubbed<Content>({ title, text, content }: Made<Content>, scrub: Composition<Content>['scrub']) {
  return { title: scrub(title), text: scrub(text), content: scrub(content) };
}
