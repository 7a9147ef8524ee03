import { clip, footerOf, type Item, type Report, type Section, sectionsOf, symbolOf } from 'belfry/notifier';
import { literal, teamsMarkup } from './markup.ts';
import { mentionOf } from './mention.ts';

/** What of an Adaptive Card is made of a report. */
export interface Card {
  readonly body: readonly Element[];
  readonly actions: readonly Element[];
  readonly fallbackText: string;
  readonly mention: string | null;
}
type Element = { readonly type: string } & Readonly<Record<string, unknown>>;

/** Version 1.5 is the last that Teams knows. */
export function cardOf({ body, actions, fallbackText, mention }: Card): Element {
  const entity = mention === null ? null : mentionOf(mention);
  return {
    type: 'AdaptiveCard',
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    version: '1.5',
    fallbackText,
    msteams: { width: 'Full', ...(entity === null ? {} : { entities: [entity] }) },
    body,
    ...(actions.length === 0 ? {} : { actions }),
  };
}

/** What failed first, each with its log behind a button; then a table of each of the other groups. */
export function layout(report: Report, { mention }: { readonly mention: string | null }): Card {
  const sections = sectionsOf(report);
  const notes = report.failed.find(({ links }) => links.changes !== null)?.links.changes ?? null;
  return {
    body: [
      header(report, report.title, mention),
      strip(report),
      ...sections.flatMap((section) => (section.list === 'failed' ? failures(section) : table(section))),
      runs(
        [
          small(
            footerOf(report)
              .map((line) => clip(line, 300))
              .join(' · '),
          ),
        ],
        { separator: true },
      ),
    ],
    actions: [
      ...(notes === null ? [] : [openUrl('Release notes', notes)]),
      ...(report.hostUrl === null ? [] : [openUrl('Open the host', report.hostUrl)]),
    ],
    fallbackText: report.title,
    mention,
  };
}

interface Around {
  readonly report: Report | null;
  readonly title: string;
  readonly mention: string | null;
  /** Each line as it is; else paragraphs with markup. */
  readonly plain: boolean;
}

/** A text of the user's own, or one without any formatting. */
export function cardOfText({ report, title, mention, plain }: Around, text: string): Card {
  const body = plain
    ? text
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map((line) => runs([mono(line)], { spacing: 'None' }))
    : [block(text.replace(/\n+/g, '\n\n'))];
  return { body: [header(report, title, mention), ...body], actions: [], fallbackText: title, mention };
}

function header(report: Report | null, title: string, mention: string | null): Element {
  const called = mention === null ? null : mentionOf(mention);
  const symbol = report === null ? '🔴' : symbolOf(report);
  return {
    type: 'Container',
    style: report === null ? 'attention' : styleOf(report),
    bleed: true,
    items: [
      block(`${symbol} ${teamsMarkup.escape(title)}`, { style: 'heading', size: 'Large', weight: 'Bolder' }),
      ...(report === null ? [] : [block(subtitle(report), { size: 'Small', isSubtle: true, spacing: 'None' })]),
      ...(called === null ? [] : [block(called.text)]),
    ],
  };
}

function styleOf({ severity, counts }: Report): string {
  if (severity === 'error') return 'attention';
  if (severity === 'warning') return 'warning';
  return counts.recreated + counts.restarted + counts.recovered > 0 ? 'good' : 'accent';
}

/** `{{DATE()}}` and `{{TIME()}}` show the reader's own time; they take no fractions of a second. */
function subtitle({ summary, counts, cycle }: Report): string {
  const time = `${new Date(cycle.finishedAt).toISOString().slice(0, 19)}Z`;
  const took = cycle.dryRun ? 'dry run' : (cycle.duration?.replaceAll(' ', '\u00a0') ?? null);
  const parts = [summary, `${counts.checked}\u00a0checked`, ...(took === null ? [] : [took])].map(teamsMarkup.escape);
  return [...parts, `{{DATE(${time}, SHORT)}} {{TIME(${time})}}`].join(' · ');
}

function strip({ counts }: Report): Element {
  const numbers = [
    ['failed', counts.failed, counts.failed > 0 ? 'Attention' : 'Default'],
    ['updated', counts.recreated, counts.recreated > 0 ? 'Good' : 'Default'],
    ['available', counts.available, counts.available > 0 ? 'Accent' : 'Default'],
    ['up to date', counts.upToDate, 'Default'],
  ] as const;
  const columns = numbers.map(([word, count, color]) =>
    column('stretch', [
      block(String(count), { size: 'ExtraLarge', weight: 'Bolder', color, horizontalAlignment: 'Center' }),
      block(word, { size: 'Small', isSubtle: true, spacing: 'None', horizontalAlignment: 'Center' }),
    ]),
  );
  return { type: 'ColumnSet', columns };
}

function failures({ items, more }: Section): readonly Element[] {
  return [...items.map(failure), ...rest(more)];
}

function failure(item: Item): Element {
  const { index, name, change, level, downgrade, reason, consequence, down, rollback, error, logTail, links } = item;
  const log = `log-${index}`;
  const back = rollback === null ? '' : '↩︎ ';
  const marks = [level, downgrade ? 'a downgrade' : null].filter((mark) => mark !== null);
  const versions = [...(change === null ? [] : [mono(change)]), ...marks.map((mark) => small(` · ${mark}`))];
  return {
    type: 'Container',
    style: 'emphasis',
    spacing: 'Medium',
    items: [
      runs([{ ...run(name), weight: 'Bolder', color: 'Attention' }]),
      ...(versions.length === 0 ? [] : [runs(versions, { spacing: 'None' })]),
      ...(reason === null ? [] : [runs([run(reason)])]),
      ...(consequence === null
        ? []
        : [runs([down ? { ...run(consequence), weight: 'Bolder' } : run(back + consequence)], { spacing: 'None' })]),
      ...(error?.hint ? [runs([small(error.hint)])] : []),
      ...(links.changes === null ? [] : [link(links.changes, { spacing: 'None' })]),
      ...(logTail.length === 0
        ? []
        : [
            {
              type: 'ActionSet',
              actions: [{ type: 'Action.ToggleVisibility', title: 'Log tail', targetElements: [log] }],
            },
            {
              type: 'Container',
              id: log,
              isVisible: false,
              items: logTail.map((line) => runs([mono(line)], { spacing: 'None' })),
            },
          ]),
    ],
  };
}

function table({ title, items, more }: Section): readonly Element[] {
  return [block(title, { weight: 'Bolder', separator: true, spacing: 'Medium' }), ...items.map(row), ...rest(more)];
}

/** name | versions | changes */
function row({ name, change, level, downgrade, reason, consequence, links }: Item): Element {
  const notes = [level, downgrade ? 'a downgrade' : null, reason ?? consequence].filter((note) => note !== null);
  const said = [...(change === null ? [] : [mono(change)]), ...(notes.length === 0 ? [] : [small(notes.join(' · '))])];
  const versions = said.flatMap((one, at) => (at === 0 ? [one] : [run(' '), one]));
  return {
    type: 'ColumnSet',
    spacing: 'Small',
    columns: [
      column(2, [runs([{ ...run(name), weight: 'Bolder' }])]),
      column(3, versions.length === 0 ? [] : [runs(versions)]),
      // Always there, so that the versions of all rows stand below each other.
      column('70px', links.changes === null ? [] : [link(links.changes)]),
    ],
  };
}

const rest = (more: string | null) => (more === null ? [] : [block(more, { isSubtle: true })]);

const column = (width: string | number, items: readonly Element[]): Element => ({ type: 'Column', width, items });

/** With markup: words of Belfry's own, or what is escaped. */
const block = (text: string, own: object = {}): Element => ({ type: 'TextBlock', wrap: true, text, ...own });

/** Without any markup: what others have written. */
const runs = (inlines: readonly Element[], own: object = {}): Element => ({ type: 'RichTextBlock', inlines, ...own });
const run = (text: string): Element => ({ type: 'TextRun', text: literal(text) });
const small = (text: string): Element => ({ ...run(text), size: 'Small', isSubtle: true });
const mono = (text: string): Element => ({ ...run(text), size: 'Small', fontType: 'Monospace' });

/** No address of a report holds what would end a link. */
const link = (url: string, own: object = {}) => block(`[changes](${url})`, own);

const openUrl = (title: string, url: string): Element => ({ type: 'Action.OpenUrl', title, url });
