import { configSchemaText } from '../../core/config/json-schema.ts';
import { builtInNames } from '../../core/paths.ts';
import { describePlugins } from '../../core/plugin-schema.ts';

/** What each file that is made from the sources, wholly or in parts, must hold; paths from the package's own folder. */
export async function generatedFiles(): Promise<ReadonlyMap<string, string>> {
  const { plugins } = await describePlugins(builtInNames(), '/');
  return new Map([['config.schema.json', configSchemaText(plugins)]]);
}

export const root = new URL('../../', import.meta.url);
