import { issueWords } from '../config/issue-words.ts';
import { didYouMean } from '../config/nearest.ts';
import { AppError, AppErrors } from '../errors/app-error.ts';
import { isolate } from '../isolate.ts';
import type { Plugin } from '../plugin.ts';
import type { SchemaIssue, StandardSchema } from '../standard-schema.ts';

const deadline = 10_000;
const late = {
  code: 'PLUGIN_SCHEMA_FAILED',
  likely: 'It probably waits for something outside: a schema only looks at what it is given',
} as const;

/** What a plugin's own schema makes of the configuration it was given. Throws everything that is wrong with that. */
export async function readConfig({ config: schema }: Plugin, name: string, given: unknown): Promise<unknown> {
  if (schema === undefined) {
    if (given === undefined) return undefined;
    throw new AppError('PLUGIN_CONFIG_UNEXPECTED', `${name} takes no config`);
  }
  const asked = await isolate(
    async () => {
      const result = await schema['~standard'].validate(given ?? {});
      return result.issues === undefined ? result : { issues: result.issues.map((issue) => told(issue, schema)) };
    },
    { who: `${name} (config)`, deadline, late },
  );
  if (!asked.ok) throw new AppError('PLUGIN_SCHEMA_FAILED', asked.problem.message, { cause: asked.cause });
  if (asked.value.issues === undefined) return asked.value.value;
  throw new AppErrors(asked.value.issues.map((issue) => new AppError('PLUGIN_CONFIG_INVALID', `${name}: ${issue}`)));
}

/** Zod also says which keys it does not know; the keys there are stand in the schema's JSON Schema. */
function told(issue: SchemaIssue & { readonly keys?: readonly string[] }, schema: StandardSchema): string {
  const steps = (issue.path ?? []).map((step) => (typeof step === 'object' ? step.key : step));
  const path = steps.map(String).join('.');
  const unknown = issue.keys ?? [];
  const known = unknown.length === 0 ? [] : keysAt(schema, steps);
  const meant = unknown.map((key) => didYouMean(key, known)).join('');
  const place = path === '' ? '' : `${path}: `;
  return `${place}${issueWords(issue)}${meant === '' ? '' : `.${meant}`}`;
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
}

function keysAt(schema: StandardSchema, steps: readonly PropertyKey[]): readonly string[] {
  try {
    const root = schema['~standard'].jsonSchema?.input({
      target: 'draft-2020-12',
      libraryOptions: { unrepresentable: 'any' },
    });
    const places = steps.reduce<readonly JsonSchema[]>(
      (at, step) => at.flatMap((one) => below(one, step)),
      [root ?? {}],
    );
    return places.flatMap(alternatives).flatMap(({ properties = {} }) => Object.keys(properties));
  } catch {
    return []; // Not every schema can be told as JSON Schema.
  }
}

function below(schema: JsonSchema, step: PropertyKey): readonly JsonSchema[] {
  return alternatives(schema).flatMap(({ properties = {}, additionalProperties: other, items }) => {
    if (typeof step === 'number') return items ?? [];
    return properties[String(step)] ?? (typeof other === 'object' ? other : []);
  });
}

const alternatives = (schema: JsonSchema): readonly JsonSchema[] => [
  schema,
  ...[...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap(alternatives),
];
