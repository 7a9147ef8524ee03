import { existsSync, readdirSync, readFileSync } from 'node:fs';
import mustache from 'mustache';
import { didYouMean } from '../config/nearest.ts';
import { AppError, messageOf } from '../errors/app-error.ts';
import { packageRoot } from '../paths.ts';
import type { Markup } from './markup.ts';
import type { Report } from './report.ts';
import { type Shape, viewShape } from './shape.ts';
import { viewOf } from './view.ts';

/** A template that was read and found in order. Rendering throws TEMPLATE_INVALID where it comes to nothing. */
export type Template = (report: Report, markup: Markup) => string;

/** `where` is what messages call the template. Throws TEMPLATE_INVALID or TEMPLATE_UNKNOWN_NAME. */
export function compileTemplate(text: string, where: string): Template {
  checkNames(parse(text, where), [viewShape], where);
  return (report, markup) => {
    try {
      return render(text, report, markup);
    } catch (cause) {
      throw new AppError('TEMPLATE_INVALID', `${where}: ${messageOf(cause)}`, { cause });
    }
  };
}

/** One of the templates that come with Belfry, such as `marked/report`. */
export function ownTemplate(name: string): Template {
  return (report, markup) => render(readOwn(`${name}.mustache`), report, markup);
}

/** By their names, all parts that a template may take in with `{{> name}}`. */
function partials(): Readonly<Record<string, string>> {
  shared ??= Object.fromEntries(
    readdirSync(new URL('templates/partials/', packageRoot))
      .filter((file) => file.endsWith('.mustache'))
      .map((file) => [file.slice(0, -'.mustache'.length), readOwn(`partials/${file}`)]),
  );
  return shared;
}

let shared: Readonly<Record<string, string>> | undefined;
const texts = new Map<string, string>();

function readOwn(path: string): string {
  const known = texts.get(path);
  if (known !== undefined) return known;
  const url = new URL(`templates/${path}`, packageRoot);
  if (!existsSync(url)) throw new AppError('TEMPLATE_INVALID', `there is no template ${path}`);
  const text = readFileSync(url, 'utf8');
  texts.set(path, text);
  return text;
}

function render(text: string, report: Report, markup: Markup): string {
  let raw = 0;
  const escaped = (value: unknown) => (raw > 0 ? String(value) : markup.escape(String(value)));
  const view = viewOf(report, markup) as Record<string, unknown>;
  for (const [name, value] of Object.entries(view)) {
    if (typeof value !== 'function') continue;
    view[name] = () =>
      function (this: unknown, inner: string, sub: (text: string) => string) {
        const inRaw = (part: string) => {
          raw += 1;
          try {
            return sub(part);
          } finally {
            raw -= 1;
          }
        };
        const made: string = value().call(this, inner, (part: string, how?: 'raw') => (how ? inRaw(part) : sub(part)));
        return made;
      };
  }
  // A writer of its own keeps no other template's parts in memory.
  return new mustache.Writer().render(text, view, partials(), { escape: escaped });
}

type Token = readonly [kind: string, value: string, start: number, end: number, inner?: readonly Token[]];

function parse(text: string, where: string): readonly Token[] {
  try {
    return mustache.parse(text) as unknown as readonly Token[];
  } catch (cause) {
    const message = messageOf(cause);
    const at = Number(/ at (\d+)/.exec(message)?.[1] ?? Number.NaN);
    const line = Number.isNaN(at) ? '' : ` (line ${text.slice(0, at).split('\n').length})`;
    throw new AppError('TEMPLATE_INVALID', `${where}: ${message}${line}`, { cause });
  }
}

/** Mustache makes nothing of a name that it does not know: a slip would show only as something missing. */
function checkNames(tokens: readonly Token[], scopes: readonly Shape[], where: string): void {
  for (const [kind, value, , , inner = []] of tokens) {
    if (kind === '>') {
      const known = Object.keys(partials());
      if (!known.includes(value)) throw unknownName(`part ${value}`, where, didYouMean(value, known));
    }
    if (kind === 'text' || kind === '!' || kind === '=' || kind === '>') continue;
    const found = lookUp(value, scopes, where);
    if (kind === '#') {
      const part = isList(found) ? found[0] : found;
      checkNames(inner, [part, ...scopes], where);
      if (value === 'json')
        lookUp(
          inner
            .map(([, text]) => text)
            .join('')
            .trim(),
          scopes,
          where,
        );
    } else if (kind === '^') checkNames(inner, scopes, where);
  }
}

const isList = (shape: Shape): shape is readonly [Shape] => Array.isArray(shape);

function lookUp(name: string, scopes: readonly Shape[], where: string): Shape {
  if (name === '.') return scopes[0] ?? true;
  const [first = '', ...rest] = name.split('.');
  const scope = scopes.find((one) => typeof one === 'object' && !isList(one) && Object.hasOwn(one, first));
  let shape: Shape | undefined = (scope as Readonly<Record<string, Shape>> | undefined)?.[first];
  if (shape === undefined) {
    const known = scopes.flatMap((one) => (typeof one === 'object' && !isList(one) ? Object.keys(one) : []));
    throw unknownName(`{{${name}}}`, where, didYouMean(first, known));
  }
  for (const step of rest) {
    if (shape === 'any') return 'any';
    const names: readonly string[] = typeof shape === 'object' && !isList(shape) ? Object.keys(shape) : [];
    if (typeof shape === 'object' && !isList(shape) && Object.hasOwn(shape, step)) shape = shape[step] ?? true;
    else if (isList(shape) && step === 'length') shape = true;
    else throw unknownName(`{{${name}}}`, where, didYouMean(step, names));
  }
  return shape;
}

function unknownName(what: string, where: string, meant: string): AppError {
  return new AppError('TEMPLATE_UNKNOWN_NAME', `${where}: there is no ${what}.${meant}`);
}
