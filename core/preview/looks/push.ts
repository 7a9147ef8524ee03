import { literal } from '../html.ts';
import { markdown } from '../markdown.ts';
import { isObject, text } from '../shape.ts';
import type { Look } from './look.ts';

/** A push message of a title and a text, as ntfy and Gotify show it. */
export const push: Look = {
  name: 'push',
  fits: ({ body }) => isObject(body) && typeof body.title === 'string' && typeof body.message === 'string',
  html: ({ body }) => {
    const { title, message, markdown: isMarked, extras } = isObject(body) ? body : {};
    const display = isObject(extras) ? extras['client::display'] : undefined;
    const marked = isMarked === true || (isObject(display) && display.contentType === 'text/markdown');
    const shown = marked
      ? markdown(text(message), { code: true, lines: true })
      : `<pre>${literal(text(message))}</pre>`;
    return `<div class="note"><h4>${literal(text(title))}</h4><div>${shown}</div></div>`;
  },
};
