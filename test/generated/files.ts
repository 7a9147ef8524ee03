import { readFileSync } from 'node:fs';
import { configSchemaText } from '../../core/config/json-schema.ts';
import { loadPlugin } from '../../core/loader.ts';
import { builtInNames } from '../../core/paths.ts';
import { describePlugins } from '../../core/plugin-schema.ts';
import { pluginPage } from './plugin-page.ts';

export const root = new URL('../../', import.meta.url);

interface Generated {
  /** From the package's own folder. */
  readonly path: string;
  /** What it must hold; throws where the file lacks the marks of a part that is made. */
  text(): Promise<string>;
}

/** Every file that is made from the sources, wholly or in parts. */
export const generated: readonly Generated[] = [
  {
    path: 'config.schema.json',
    text: async () => configSchemaText((await describePlugins(builtInNames(), '/')).plugins),
  },
  ...builtInNames().map((name) => {
    const path = `plugins/${name}/README.md`;
    const text = async () => pluginPage(path, readFileSync(new URL(path, root), 'utf8'), await loadPlugin(name, '/'));
    return { path, text };
  }),
];
