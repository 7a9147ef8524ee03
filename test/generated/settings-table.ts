import type { JsonSchema } from '../../core/config/json-schema.ts';

type Node = { readonly [keyword: string]: unknown };

/** What a plugin may be configured with, as a table for people; nested keys have rows of their own. */
export function settingsTable(schema: JsonSchema): string {
  if (schema === false) return 'It takes no configuration.';
  const rows = rowsOf(schema, { root: schema, path: '', condition: '' });
  if (rows.length === 0) return 'It takes no configuration.';
  return table(['setting', 'is', 'default', 'meaning'], rows);
}

export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}

interface Place {
  /** Where its own references begin. */
  readonly root: Node;
  readonly path: string;
  /** What must hold for these keys to be looked at: ``With `type` = `http`: ``. */
  readonly condition: string;
}
type Row = readonly [setting: string, is: string, standard: string, meaning: string];

/** A row for every key of an object, each followed by those within it. */
function rowsOf(schema: Node, place: Place): readonly Row[] {
  const node = resolved(schema, place.root);
  const required = (node.required ?? []) as readonly string[];
  return Object.entries((node.properties ?? {}) as Record<string, Node>).flatMap(([key, value]) => {
    const one = resolved(value, place.root);
    const path = `${place.path}${key}`;
    const standard = 'default' in one ? code(one.default) : required.includes(key) ? 'required' : '';
    const is = [words(one, place.root), ...(one.writeOnly === true ? ['secret'] : [])].join('; ');
    const meaning = place.condition + String(one.description ?? '');
    return [[`\`${path}\``, is, standard, cell(meaning)] as const, ...within(one, { ...place, path })];
  });
}

/** The rows of keys inside a value, whatever holds them. */
function within(schema: Node, place: Place): readonly Row[] {
  const node = resolved(schema, place.root);
  const { path } = place;
  if (isObject(node.items)) return within(node.items, { ...place, path: `${path}[]` });
  if (isObject(node.additionalProperties)) return within(node.additionalProperties, { ...place, path: `${path}.NAME` });
  const choices = choicesOf(node, place.root).filter((one) => one.properties !== undefined);
  if (choices.length > 1) return choices.flatMap((one) => rowsOf(one, { ...place, ...choice(one, place) }));
  const [only = node] = choices;
  return rowsOf(only, { ...place, path: `${path}.` });
}

/** One of several forms an object may have; a key with one fixed value tells it from the others. */
function choice(node: Node, { path, condition }: Place): Pick<Place, 'path' | 'condition'> {
  const keys = Object.entries((node.properties ?? {}) as Record<string, Node>);
  const fixed = keys.filter(([, one]) => 'const' in one).map(([key, one]) => `\`${key}\` = ${code(one.const)}`);
  return { path: `${path}.`, condition: fixed.length === 0 ? condition : `${condition}With ${fixed.join(', ')}: ` };
}

/** What a value is, in words. */
function words(schema: Node, root: Node, many = false): string {
  const node = resolved(schema, root);
  const plural = (one: string, others = `${one}s`) => (many ? others : one);
  if ('const' in node) return code(node.const);
  if (Array.isArray(node.enum)) return list(node.enum.map(code));
  const choices = choicesOf(node, root);
  if (choices.some(isDuration)) return plural('duration');
  if (choices.length > 0) return list([...new Set(choices.map((one) => words(one, root, many)))]);
  if (node.type === 'array') {
    const inside = isObject(node.items) ? words(node.items, root, true) : 'anything';
    return `${plural('list')} of ${inside}`;
  }
  if (isObject(node.additionalProperties)) return `${words(node.additionalProperties, root, true)} by name`;
  if (node.type === 'object') return plural('object');
  if (node.type === 'string') return isDuration(node) ? plural('duration') : plural(textWord(node));
  if (node.type === 'integer') return plural('whole number') + range(node);
  if (node.type === 'number') return plural('number') + range(node);
  if (node.type === 'boolean') return 'true or false';
  return node.type === 'null' ? 'null' : 'anything';
}

function textWord({ format }: Node): string {
  return { uri: 'URL', date: 'date', time: 'time', 'date-time': 'moment', email: 'address' }[String(format)] ?? 'text';
}

function range({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Node): string {
  const bound = (value: unknown) => (Math.abs(Number(value)) < Number.MAX_SAFE_INTEGER ? Number(value) : undefined);
  const [least, most] = [bound(minimum), bound(maximum)];
  const [above, below] = [bound(exclusiveMinimum), bound(exclusiveMaximum)];
  if (least !== undefined && most !== undefined) return `, ${least} to ${most}`;
  const bounds = [
    ...(least === undefined ? [] : [`from ${least} up`]),
    ...(above === undefined ? [] : [`above ${above}`]),
    ...(most === undefined ? [] : [`at most ${most}`]),
    ...(below === undefined ? [] : [`below ${below}`]),
  ];
  return bounds.map((text) => `, ${text}`).join('');
}

/** A text in which people write how long something takes. */
function isDuration({ pattern }: Node): boolean {
  if (typeof pattern !== 'string') return false;
  const fits = new RegExp(pattern);
  return fits.test('1h30m') && fits.test('90s') && !fits.test('x') && !fits.test('');
}

function choicesOf(node: Node, root: Node): readonly Node[] {
  const types = Array.isArray(node.type) ? node.type.map((type: unknown) => ({ ...node, type })) : [];
  const choices = (node.anyOf ?? node.oneOf ?? types) as readonly Node[];
  return choices.map((one) => resolved(one, root));
}

function resolved(node: Node, root: Node): Node {
  if (typeof node.$ref !== 'string') return node;
  const steps = node.$ref.replace(/^#\/?/, '').split('/').filter(Boolean);
  const found = steps.reduce<unknown>((at, step) => (isObject(at) ? at[step] : undefined), root);
  const { $ref: _, ...own } = node;
  return { ...(isObject(found) ? found : {}), ...own };
}

function isObject(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function code(value: unknown): string {
  return `\`${cell(typeof value === 'string' && value !== '' ? value : JSON.stringify(value))}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replace(/\s+/g, ' ').trim();
}

function list(parts: readonly string[]): string {
  const last = parts.at(-1) ?? '';
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} or ${last}`;
}
