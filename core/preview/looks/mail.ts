import { literal } from '../html.ts';
import { isObject, text } from '../shape.ts';
import type { Look, Theme } from './look.ts';

/** A mail: its head, and its own page in a frame that may do nothing. */
export const mail: Look = {
  name: 'mail',
  fits: ({ body }) => isObject(body) && typeof body.subject === 'string' && ('html' in body || 'text' in body),
  html: ({ body }, theme) => {
    const { from, to, subject, html, text: plain } = isObject(body) ? body : {};
    const people = (value: unknown) => literal((Array.isArray(value) ? value : [value]).map(text).join(', '));
    const head = `<b>${literal(text(subject))}</b><br>${people(from)} → ${people(to)}`;
    const page =
      html === undefined
        ? `<pre>${literal(text(plain))}</pre>`
        : `<iframe sandbox="" title="${literal(text(subject))}" srcdoc="${literal(themed(text(html), theme))}"></iframe>`;
    return `<div class="head">${head}</div>${page}`;
  },
};

/** The page for one colour scheme, whatever this screen's own is. */
function themed(html: string, theme: Theme): string {
  return html
    .replace(/\(prefers-color-scheme:\s*(dark|light)\)/g, (_, wanted) => (wanted === theme ? 'all' : 'not all'))
    .replace(/(color-schemes?(?:" content="|:))light dark/g, `$1${theme}`);
}
