import { anchor, literal } from './html.ts';

/** What a service reads as Markdown beside bold and links. */
export interface Dialect {
  readonly code: boolean;
  /** The end of a line is one; else a paragraph ends at an empty line. */
  readonly lines: boolean;
}

/** The Markdown that messages are made of, as HTML: bold, links, code, fences and back-slashes; the rest is text. */
export function markdown(text: string, dialect: Dialect): string {
  const parts = dialect.code ? text.split(/^(`{3,})\w*\n([\s\S]*?)\n?\1[^\S\n]*$/m) : [text];
  // Between two texts stand the fence and what it holds.
  return parts
    .map((part, at) => (at % 3 === 0 ? inline(part, dialect) : at % 3 === 2 ? `<pre>${literal(part)}</pre>` : ''))
    .join('');
}

/** What an inline sign may begin, longest first; a back-slash takes the meaning of what follows it. */
const tokens =
  /\\([!-/:-@[-`{-~])|(`+)([\s\S]+?)\2(?!`)|\*\*((?:\\.|[^\\])+?)\*\*|\[((?:\\.|[^\\\]])*)\]\((https?:[^\s)]+)\)/g;

function inline(text: string, dialect: Dialect): string {
  let html = '';
  let last = 0;
  for (const match of text.matchAll(tokens)) {
    const [whole, escaped, tick, code, bold, label, url] = match;
    html += plain(text.slice(last, match.index), dialect);
    last = match.index + whole.length;
    if (escaped !== undefined) html += literal(escaped);
    else if (tick !== undefined) html += dialect.code ? `<code>${literal((code ?? '').trim())}</code>` : literal(whole);
    else if (bold !== undefined) html += `<b>${inline(bold, dialect)}</b>`;
    else html += anchor(url ?? '', inline(label ?? '', dialect));
  }
  return html + plain(text.slice(last), dialect);
}

const plain = (text: string, { lines }: Dialect): string =>
  lines ? literal(text).replaceAll('\n', '<br>') : literal(text).replace(/\n{2,}/g, '<br>');
