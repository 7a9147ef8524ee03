import { type Markup, markups } from 'belfry/notifier';

/** Zero-width: what would call somebody or be replaced by a date stays what it is to the eye. */
const apart = '\u200b';

/** For texts that are shown as they are: cards still look for `<at>` and `{{DATE(…)}}` in them. */
export const literal = (raw: string): string =>
  raw.replace(/<(?=\s*\/?\s*at\b)/gi, `<${apart}`).replace(/\{(?=\{)/g, `{${apart}`);

const escaped = (raw: string) =>
  literal(raw)
    .replace(/[\\*_~`[\]()<>#|!]/g, (sign) => `\\${sign}`)
    .replace(/^(\s*)([-+])/gm, '$1\\$2')
    .replace(/^(\s*\d+)([.)])/gm, '$1\\$2');

/** The few signs that cards know: bold, italics, lists and links. Code is none of them. */
export const teamsMarkup: Markup = { ...markups.markdown, escape: escaped, code: escaped, block: escaped };
