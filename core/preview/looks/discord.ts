import { anchor, literal } from '../html.ts';
import { markdown } from '../markdown.ts';
import { isObject, objects, text } from '../shape.ts';
import type { Look } from './look.ts';

const dialect = { code: true, lines: true };

/** An embed as Discord shows it, roughly. */
export const discord: Look = {
  name: 'discord',
  fits: ({ body }) => isObject(body) && Array.isArray(body.embeds),
  html: ({ body }) => {
    const { username, content, embeds } = isObject(body) ? body : {};
    const called = text(content) === '' ? '' : `<p class="call">${literal(text(content))}</p>`;
    const shown = objects(embeds).map(({ title, description, url, color, footer, timestamp }) => {
      const colour = (typeof color === 'number' ? color : 0).toString(16).padStart(6, '0').slice(-6);
      const foot = [isObject(footer) ? text(footer.text) : '', text(timestamp).slice(0, 16).replace('T', ' ')];
      return `<div class="embed" style="border-color:#${colour}"><h4>${anchor(text(url), literal(text(title)))}</h4>
<div>${markdown(text(description), dialect)}</div><p class="context">${literal(foot.filter(Boolean).join(' • '))}</p></div>`;
    });
    const name = literal(text(username) || 'Belfry');
    return `<div class="face">B</div><div class="said"><div class="who"><b>${name}</b> <span class="app">APP</span></div>${called}${shown.join('')}</div>`;
  },
};
