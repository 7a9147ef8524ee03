import { fileJsonSchema } from './schema.ts';

/** A JSON Schema of draft 2020-12; false allows nothing. */
export type JsonSchema = { readonly [keyword: string]: unknown } | false;

/** What editors are told of one plugin. */
export interface PluginSchema {
  /** As it stands in the file. */
  readonly use: string;
  readonly summary: string;
  /** What its `config` may be. */
  readonly config: JsonSchema;
}

/** What `belfry config schema` prints and config.schema.json holds, to the byte: the file's shape, for editors. */
export function configSchemaText(plugins: readonly PluginSchema[]): string {
  const { properties, ...rest } = fileJsonSchema();
  const { plugins: list, ...others } = properties;
  const document = {
    ...rest,
    properties: { ...others, plugins: { ...list, items: { ...list.items, ...choicesOf(list.items, plugins) } } },
  };
  const configs = plugins.map(({ use, config }) => [definition(use), localised(config, use)]);
  const written = withReferences({ ...document, $defs: Object.fromEntries(configs) }) as typeof document & Definitions;
  return `${JSON.stringify({ ...written, $defs: { ...written.$defs, reference } }, null, 2)}\n`;
}

interface Definitions {
  readonly $defs: Readonly<Record<string, unknown>>;
}

/** `${env:NAME}` or `${file:PATH}` may stand for any text, or for a part of it. */
const reference = { type: 'string', pattern: '\\$\\{(?:env|file):[^}]*\\}' };

/** Names to choose from, and for each of them the shape of its `config`. */
function choicesOf(
  entry: ReturnType<typeof fileJsonSchema>['properties']['plugins']['items'],
  plugins: readonly PluginSchema[],
) {
  const { use } = entry.properties;
  const { type, minLength, ...described } = use;
  const names = plugins.map((plugin) => ({ const: plugin.use, description: plugin.summary }));
  return {
    properties: { ...entry.properties, use: { ...described, anyOf: [...names, { type, minLength }] } },
    allOf: plugins.map((plugin) => ({
      if: { properties: { use: { const: plugin.use } } },
      // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
      then: {
        properties: { config: { $ref: placeOf(plugin.use) } },
        ...(isNeeded(plugin.config) ? { anyOf: [{ required: ['config'] }, turnedOff] } : {}),
      },
    })),
  };
}

const turnedOff = { properties: { enabled: { const: false } }, required: ['enabled'] };

function isNeeded(config: JsonSchema): boolean {
  return config !== false && Array.isArray(config.required) && config.required.length > 0;
}

/** A plugin's own references begin at its own schema, which lies deeper here. */
function localised(schema: JsonSchema, use: string): JsonSchema {
  if (schema === false) return schema;
  const { $schema: _, ...rest } = schema;
  return mapped(rest, (node) =>
    typeof node.$ref === 'string' && node.$ref.startsWith('#')
      ? { ...node, $ref: placeOf(use) + node.$ref.slice(1) }
      : node,
  ) as JsonSchema;
}

const definition = (use: string) => `plugin ${use}`;

/** A JSON pointer, as it stands in an address. */
function placeOf(use: string): string {
  return `#/$defs/${encodeURIComponent(definition(use).replaceAll('~', '~0').replaceAll('/', '~1'))}`;
}

const limits = ['pattern', 'format', 'enum', 'maxLength'];
const about = ['description', 'default', 'title', 'examples', 'deprecated', 'writeOnly'];

/** Lets a reference stand wherever a text is asked for that it would not be. */
function withReferences(schema: object): unknown {
  return mapped(schema, (node, isName) => {
    if (isName || node.type !== 'string' || !limits.some((limit) => limit in node)) return node;
    const entries = Object.entries(node);
    const outside = Object.fromEntries(entries.filter(([key]) => about.includes(key)));
    const inside = Object.fromEntries(entries.filter(([key]) => !about.includes(key)));
    return { ...outside, anyOf: [inside, { $ref: '#/$defs/reference' }] };
  });
}

type Node = { readonly [keyword: string]: unknown };

/** Every schema within a schema, the innermost first; `isName` tells those that keys must fit from those of values. */
function mapped(schema: unknown, change: (node: Node, isName: boolean) => Node, isName = false): unknown {
  if (Array.isArray(schema)) return schema.map((one) => mapped(one, change, isName));
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.entries(schema).map(([key, value]): [string, unknown] => {
    if (verbatim.includes(key)) return [key, value];
    if (!byName.includes(key)) return [key, mapped(value, change, isName || key === 'propertyNames')];
    const named = Object.entries(value as object);
    return [key, Object.fromEntries(named.map(([name, one]) => [name, mapped(one, change, isName)]))];
  });
  return change(Object.fromEntries(inner), isName);
}

/** Keywords whose values are no schemas. */
const verbatim = ['default', 'const', 'enum', 'examples', 'required'];
/** Keywords that hold schemas under names of the user's. */
const byName = ['properties', 'patternProperties', '$defs', 'dependentSchemas'];
