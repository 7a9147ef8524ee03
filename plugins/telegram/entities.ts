import type { Markup } from 'belfry/notifier';

/** A range of a text, in UTF-16 units. https://core.telegram.org/bots/api#messageentity */
export interface Entity {
  readonly type: 'bold' | 'code' | 'pre' | 'text_link';
  readonly offset: number;
  readonly length: number;
  readonly url?: string;
}

// Signs of Unicode's private use, which stand for the marks until the text is taken apart again.
const begin = { bold: '\uE000', code: '\uE001', pre: '\uE002', text_link: '\uE003' } as const;
const end = '\uE004';
const afterUrl = '\uE005';
const marks = /[\uE000-\uE005]/g;

const bare = (raw: string) => raw.replace(marks, '');

/** Nothing needs to be escaped: what is bold or code is told apart from the text. */
export const markup: Markup = {
  escape: bare,
  bold: (text) => `${begin.bold}${text}${end}`,
  code: (raw) => `${begin.code}${bare(raw)}${end}`,
  link: (url, text) => `${begin.text_link}${bare(url)}${afterUrl}${text}${end}`,
  block: (raw) => `${begin.pre}${bare(raw)}${end}`,
};

/** Telegram leaves out the entities beyond these. */
const mostEntities = 100;

/** The text that is shown, and what of it is marked. */
export function takeApart(marked: string): { readonly text: string; readonly entities: readonly Entity[] } {
  const entities: Entity[] = [];
  const open: { readonly type: Entity['type']; readonly offset: number; readonly url?: string }[] = [];
  let text = '';
  for (let at = 0; at < marked.length; at += 1) {
    const sign = marked.charAt(at);
    const type = typeOf(sign);
    if (type === 'text_link') {
      const until = marked.indexOf(afterUrl, at);
      open.push({ type, offset: text.length, url: marked.slice(at + 1, until) });
      at = until;
    } else if (type !== undefined) open.push({ type, offset: text.length });
    else if (sign === end) {
      const whole = open.pop();
      if (whole !== undefined && text.length > whole.offset) {
        entities.push({ ...whole, length: text.length - whole.offset });
      }
    } else text += sign;
  }
  return { text, entities: entities.slice(0, mostEntities) };
}

const types = Object.entries(begin) as readonly (readonly [Entity['type'], string])[];
const typeOf = (sign: string) => types.find(([, mark]) => mark === sign)?.[0];
