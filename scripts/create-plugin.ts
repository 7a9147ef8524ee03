// Makes a built-in plugin with its README and its test: `npm run create-plugin -- NAME [--kind KIND]`.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type PluginKind, pluginKinds } from '../core/cli/commands.ts';
import { newPlugin, spaced, writeNew } from '../core/cli/new-plugin.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { kind: { type: 'string' } } });
const [name] = positionals;
const kind: PluginKind | undefined = pluginKinds.find((one) => one === (values.kind ?? 'gate'));
if (name === undefined || kind === undefined) {
  throw new Error(`npm run create-plugin -- NAME [--kind ${pluginKinds.join('|')}]`);
}
const { files, use } = newPlugin({ name, kind, form: 'built-in' });
writeNew(fileURLToPath(new URL('..', import.meta.url)), files);
console.log(`Written: ${Object.keys(files).join(', ')}

Test it:
  node --import tsx --test test/plugins/${name}.test.ts
Add a row to the table of plugins in README.md, and to "plugins" in config.example.json:
  ${spaced(use)}
Bring its README and config.schema.json up to date:
  npm run generate`);
