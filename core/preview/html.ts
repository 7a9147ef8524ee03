import { markups } from '../notifier/markup.ts';

/** Control characters but for ends of lines and tabs, lone surrogates, and what changes the direction of writing. */
const unseen = /(?![\n\t])[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Any text as HTML that shows it, and nothing but it; what could not be seen is written out as `\u202e`. */
export const literal = (text: string): string =>
  markups.html.escape(text).replace(unseen, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** A link, where the address is one that may be followed; else the text alone. `label` is HTML. */
export const anchor = (url: string, label: string): string =>
  /^https?:\/\//i.test(url) ? `<a href="${literal(url)}" rel="noreferrer">${label}</a>` : label;
