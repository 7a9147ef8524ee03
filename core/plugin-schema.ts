import * as z from 'zod';
import type { JsonSchema, PluginSchema } from './config/json-schema.ts';
import { AppError, AppErrors } from './errors/app-error.ts';
import { loadPlugin } from './loader.ts';
import type { Plugin } from './plugin.ts';

/** Loads plugins to learn what each may be configured with; what cannot be loaded is among the problems. */
export async function describePlugins(uses: readonly string[], folder: string): Promise<Described> {
  const plugins: PluginSchema[] = [];
  const problems: AppError[] = [];
  for (const use of uses) {
    try {
      const plugin = await loadPlugin(use, folder);
      plugins.push({ use, summary: plugin.summary, config: configSchemaOf(plugin) });
    } catch (error) {
      if (error instanceof AppErrors) problems.push(...error.errors);
      else if (error instanceof AppError) problems.push(error);
      else throw error;
    }
  }
  return { plugins, problems };
}

export interface Described {
  readonly plugins: readonly PluginSchema[];
  readonly problems: readonly AppError[];
}

/** What may stand under `config` in the file; allows anything where the plugin’s schema has no JSON Schema. */
export function configSchemaOf({ config, configJsonSchema }: Pick<Plugin, 'config' | 'configJsonSchema'>): JsonSchema {
  if (config === undefined) return false;
  const { vendor, jsonSchema } = config['~standard'];
  const ways = [
    () => jsonSchema?.input({ target: 'draft-2020-12', libraryOptions: { unrepresentable: 'any' } }),
    // Older releases of zod cannot say it themselves.
    () => (vendor === 'zod' ? z.toJSONSchema(config as z.ZodType, { io: 'input', unrepresentable: 'any' }) : undefined),
    () => configJsonSchema,
  ];
  for (const way of ways) {
    const found = attempt(way);
    if (found !== undefined) return found as JsonSchema;
  }
  return {};
}

/** A configuration with everything replaced that its schema marks as secret, or that `isSecret` knows by its key. */
export function replaceSecrets(
  config: unknown,
  schema: unknown,
  { replace, isSecret = () => false }: Replacing,
  key = '',
): unknown {
  const { writeOnly, items, properties } = isObject(schema) ? schema : {};
  if (writeOnly === true || isSecret(key)) return replace(config);
  const how = { replace, isSecret };
  if (Array.isArray(config)) return config.map((one) => replaceSecrets(one, items, how));
  if (!isObject(config)) return config;
  const known = isObject(properties) ? properties : {};
  return Object.fromEntries(
    Object.entries(config).map(([name, value]) => [name, replaceSecrets(value, known[name], how, name)]),
  );
}

interface Replacing {
  readonly replace: (secret: unknown) => unknown;
  readonly isSecret?: (key: string) => boolean;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** A schema may throw where it cannot be told as JSON Schema. */
function attempt<Result>(way: () => Result): Result | undefined {
  try {
    return way();
  } catch {
    return undefined;
  }
}
