import { anchor, literal } from '../html.ts';
import { markdown } from '../markdown.ts';
import { isObject, type Json, objects, text } from '../shape.ts';
import type { Look } from './look.ts';

/** An Adaptive Card as Teams shows it, roughly. */
export const teams: Look = {
  name: 'teams',
  fits: ({ body }) => cardIn(body) !== undefined,
  html: ({ body }) => {
    const card = cardIn(body) ?? {};
    const hidden = new Map(objects(card.body).flatMap(hiddenIn));
    const shown = objects(card.body).map((one) => element(one, hidden));
    return `<div class="from"><span class="face">W</span> <b>Workflows</b></div><div class="card">${shown.join('')}${actions(card.actions, hidden)}</div>`;
  },
};

function cardIn(body: unknown): Json | undefined {
  if (!isObject(body)) return undefined;
  const [attachment] = objects(body.attachments);
  const { content } = attachment ?? {};
  return isObject(content) && content.type === 'AdaptiveCard' ? content : undefined;
}

type Hidden = ReadonlyMap<string, Json>;

/** What a button brings to light, by its id. */
function hiddenIn(given: Json): readonly (readonly [string, Json])[] {
  const own = given.isVisible === false ? [[text(given.id), given] as const] : [];
  return [...own, ...[...objects(given.items), ...objects(given.columns)].flatMap(hiddenIn)];
}

function element(given: Json, hidden: Hidden, opened = false): string {
  if (given.isVisible === false && !opened) return '';
  const inside = (list: unknown) =>
    objects(list)
      .map((one) => element(one, hidden))
      .join('');
  const space = `${given.separator === true ? 'line ' : ''}${given.spacing === 'None' ? 'tight' : ''}`;
  switch (given.type) {
    case 'TextBlock':
      return `<div class="${space} ${fontOf(given)}">${markdown(dated(text(given.text)), { code: false, lines: false })}</div>`;
    case 'RichTextBlock':
      return `<div class="${space}">${objects(given.inlines).map(run).join('')}</div>`;
    case 'Container':
      return `<div class="box ${space} ${word(given.style)} ${given.bleed === true ? 'bleed' : ''}">${inside(given.items)}</div>`;
    case 'ColumnSet':
      return `<div class="columns ${space}">${objects(given.columns).map(column).join('')}</div>`;
    case 'ActionSet':
      return actions(given.actions, hidden);
    default:
      return `<pre>${literal(JSON.stringify(given, null, 2))}</pre>`;
  }
  function column({ width, items }: Json): string {
    const grow = typeof width === 'number' ? `${width} 1 0` : width === 'stretch' ? '1 1 0' : `0 0 ${pixels(width)}`;
    return `<div style="flex:${grow}">${inside(items)}</div>`;
  }
}

const pixels = (width: unknown) => /^\d{1,4}px$/.exec(text(width))?.[0] ?? 'auto';

const run = (given: Json) => `<span class="${fontOf(given)}">${literal(text(given.text))}</span>`;

/** A style's word, as a class; whatever else it may hold is no part of one. */
const word = (value: unknown) => text(value).replace(/[^A-Za-z]/g, '');

function fontOf({ size, weight, color, isSubtle, fontType, horizontalAlignment }: Json): string {
  const words = [size, weight, color, fontType, horizontalAlignment].map(word);
  return [...words, isSubtle === true ? 'subtle' : ''].filter((one) => one !== '').join(' ');
}

function actions(given: unknown, hidden: Hidden): string {
  const buttons = objects(given).map(({ type, title, url, targetElements }) => {
    const label = literal(text(title));
    if (type === 'Action.OpenUrl') return `<span class="button">${anchor(text(url), label)}</span>`;
    const targets = (Array.isArray(targetElements) ? targetElements : []).flatMap((id): readonly Json[] => {
      const target = hidden.get(text(id));
      return target === undefined ? [] : [target];
    });
    return `<details><summary class="button">${label}</summary>${targets.map((one) => element(one, hidden, true)).join('')}</details>`;
  });
  return buttons.length === 0 ? '' : `<div class="actions">${buttons.join('')}</div>`;
}

/** Teams shows the reader's own time; a page that anyone may open shows UTC. */
const dated = (given: string) =>
  given.replace(
    /\{\{DATE\((\d{4}-\d\d-\d\d)T[\d:]+Z, SHORT\)\}\} \{\{TIME\([\d-]+T(\d\d:\d\d):\d\dZ\)\}\}/g,
    '$1 $2 UTC',
  );
