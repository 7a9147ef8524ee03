import { literal } from '../html.ts';
import { mrkdwn } from '../mrkdwn.ts';
import { isObject, type Json, objects, text } from '../shape.ts';
import type { Look } from './look.ts';

/** Block Kit as Slack's own programs show it, roughly; or the text of a message without blocks. */
export const slack: Look = {
  name: 'slack',
  fits: ({ body }) => isObject(body) && (Array.isArray(body.blocks) || 'unfurl_links' in body),
  html: ({ body }) => {
    const message = isObject(body) ? body : {};
    const blocks = objects(message.blocks);
    const shown = blocks.length === 0 ? `<p>${mrkdwn(text(message.text))}</p>` : blocks.map(block).join('');
    return `<div class="face">B</div><div class="said"><div class="who"><b>Belfry</b> <span class="app">APP</span></div>${shown}</div>`;
  },
};

function block(given: Json): string {
  switch (given.type) {
    case 'header':
      return `<h4>${literal(textIn(given.text))}</h4>`;
    case 'section':
      return `<p>${marked(given.text)}</p>`;
    case 'context':
      return `<p class="context">${objects(given.elements).map(marked).join(' ')}</p>`;
    case 'divider':
      return '<hr>';
    case 'rich_text':
      return objects(given.elements).map(richText).join('');
    default:
      return `<pre>${literal(JSON.stringify(given, null, 2))}</pre>`;
  }
}

const textIn = (given: unknown) => (isObject(given) ? text(given.text) : '');
const marked = (given: unknown) =>
  isObject(given) && given.type === 'plain_text' ? literal(text(given.text)) : mrkdwn(textIn(given));

function richText({ type, elements }: Json): string {
  const shown = objects(elements)
    .map((one) => literal(text(one.text)))
    .join('');
  return type === 'rich_text_preformatted' ? `<pre>${shown}</pre>` : `<p>${shown}</p>`;
}
