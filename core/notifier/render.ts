import { readFileSync } from 'node:fs';
import mustache from 'mustache';
import { packageRoot } from '../paths.ts';

const templates = new Map<string, string>();

/** Fills in a template of the `templates/` folder, such as `text/report`. Values go in as `escaped` makes them. */
export function render(name: string, view: object, escaped: (text: string) => string): string {
  const template = templates.get(name) ?? readFileSync(new URL(`templates/${name}.mustache`, packageRoot), 'utf8');
  templates.set(name, template);
  return mustache.render(template, view, undefined, { escape: (value: unknown) => escaped(String(value)) });
}
