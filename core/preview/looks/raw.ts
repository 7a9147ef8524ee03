import { literal } from '../html.ts';
import { isObject, readJson, text } from '../shape.ts';
import type { Look } from './look.ts';

/** What no other look knows: the request itself, with its JSON in lines. */
export const raw: Look = {
  name: 'raw',
  fits: () => true,
  html: ({ whole, body }) =>
    `<pre>${literal(isRequest(whole) ? requestText(whole, body) : asText(inside(whole)))}</pre>`,
};

const isRequest = (whole: unknown) =>
  isObject(whole) && typeof whole.method === 'string' && typeof whole.url === 'string';

function requestText(whole: unknown, body: unknown): string {
  const { method, url, headers } = isObject(whole) ? whole : {};
  const lines = Object.entries(isObject(headers) ? headers : {}).map(([name, value]) => `${name}: ${text(value)}`);
  return [`${text(method)} ${text(url)}`, ...lines, '', body === whole ? '' : asText(body)].join('\n');
}

/** A text that is JSON is as good to read as what it stands for. */
function inside(whole: unknown): unknown {
  if (!isObject(whole)) return whole;
  return Object.fromEntries(Object.entries(whole).map(([key, value]) => [key, readJson(value) ?? value]));
}

const asText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value, null, 2));
