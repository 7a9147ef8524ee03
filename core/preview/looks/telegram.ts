import { anchor, literal } from '../html.ts';
import { isObject, type Json, objects, text } from '../shape.ts';
import type { Look } from './look.ts';

/** A text with its entities, in a bubble. */
export const telegram: Look = {
  name: 'telegram',
  fits: ({ body }) => isObject(body) && Array.isArray(body.entities) && 'chat_id' in body,
  html: ({ body }) => {
    const { text: shown, entities } = isObject(body) ? body : {};
    return `<div class="bubble">${marked(text(shown), objects(entities), 0)}</div>`;
  },
};

/** Offsets count UTF-16 units, as JavaScript does; entities lie within or beside each other. */
function marked(shown: string, entities: readonly Json[], start: number): string {
  let html = '';
  let at = 0;
  const sorted = entities
    .map((one) => ({ one, offset: Number(one.offset) - start, length: Number(one.length) }))
    .filter(({ offset, length }) => offset >= 0 && length > 0 && offset + length <= shown.length)
    .sort((a, b) => a.offset - b.offset || b.length - a.length);
  for (const { one, offset, length } of sorted) {
    if (offset < at) continue;
    const within = sorted.filter(
      (other) => other.one !== one && other.offset >= offset && other.offset < offset + length,
    );
    const inner = marked(
      shown.slice(offset, offset + length),
      within.map((other) => other.one),
      start + offset,
    );
    html += literal(shown.slice(at, offset)) + tagged(one, inner);
    at = offset + length;
  }
  return html + literal(shown.slice(at));
}

function tagged({ type, url }: Json, inner: string): string {
  if (type === 'text_link') return anchor(text(url), inner);
  const tag = { bold: 'b', italic: 'i', code: 'code', pre: 'pre' }[text(type)];
  return tag === undefined ? inner : `<${tag}>${inner}</${tag}>`;
}
