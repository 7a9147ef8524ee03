import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const wiring = "{ beforeUpdate: () => defer('not today') }";
const typed = (name: string) => `
import { type Plugin, definePlugin, defer, z } from 'belfry/plugin';
import { eventText } from 'belfry/notifier';
const plugin: Plugin<{ hours: number }> = definePlugin({
  name: '${name}', apiVersion: 1 as const, summary: 'A gate.',
  config: z.strictObject({ hours: z.int().default(typeof eventText === 'function' ? 3 : 0) }),
  setup: () => (${wiring}),
});
export default plugin;
`;
const plain = (name: string) => `
import { definePlugin, defer } from 'belfry/plugin';
export default definePlugin({ name: '${name}', apiVersion: 1, summary: 'A gate.', setup: () => (${wiring}) });
`;
const common = (name: string) => `
const verdict = { verdict: 'defer', reason: 'not today' };
module.exports = { name: '${name}', apiVersion: 1, summary: 'A gate.', setup: () => ({ beforeUpdate: () => verdict }) };
`;

/** Plugins in every form that a user may bring one, by path: the text of each file. */
const files: Readonly<Record<string, string>> = {
  'plain.mjs': plain('mjs'),
  'plain-js.js': plain('js'),
  'typed.mts': typed('mts'),
  'typed-ts.ts': typed('ts'),
  'common.cjs': common('cjs'),
  'importing.mts': `import './beside.ts';\n${typed('importing')}`,
  'beside.ts': 'export enum Side { Left }\n',
  'node_modules/belfry-gate/package.json':
    '{"name":"belfry-gate","version":"1.0.0","type":"module","main":"./main.js"}',
  'node_modules/belfry-gate/main.js': plain('package'),
  'node_modules/@acme/pager/package.json':
    '{"name":"@acme/pager","version":"1.0.0","exports":{".":{"import":"./lib/a.mjs"},"./gate":{"import":"./lib/b.mjs"}}}',
  'node_modules/@acme/pager/lib/a.mjs': plain('esm-only'),
  'node_modules/@acme/pager/lib/b.mjs': plain('subpath'),
  'node_modules/old-style/package.json': '{"name":"old-style","version":"1.0.0"}',
  'node_modules/old-style/index.js': common('old-style'),
  'broken.mjs': '\nexport default {',
  'broken-typed.mts': 'export default {\n  name: ?\n};',
  'broken-common.cjs': '\n\nmodule.exports = {',
  'throws.mts': "\nthrow new Error('at the top');",
  'throws-text.mjs': "throw 'at the top';",
  'parses.mjs': "JSON.parse('{');",
  'lacking.mjs': "import 'not-installed'; export default {};",
  'lacking-inside.mts': "import './lacking.mjs'; export default {};",
  'lacking-file.mjs': "import './besid.ts'; export default {};",
  'lacking-export.mts': "import { deferr } from 'belfry/plugin'; export default deferr('x');",
  'lacking-own.mts': "import { defer } from 'belfry/plugins'; export default defer('x');",
  'lacking-builtin.mjs': "import 'node:fss'; export default {};",
  'lacking-subpath.mjs': "import '@acme/pager/nothing'; export default {};",
  'requires.cjs': "const { defer } = require('belfry/plugin'); module.exports = defer('x');",
  'exits.mjs': 'process.exit(3);',
  'empty.mjs': '',
  'empty.cjs': '',
  'named.mjs': "export const gate = { name: 'gate' };",
  'function.mjs': 'export default () => ({});',
  'class.mts': 'export default class Gate {}',
  'promise.mjs': 'export default Promise.resolve({});',
  'text.mjs': "export default 'gate';",
  'notes.txt': 'no plugin',
  'folder/gate.mjs': plain('in-a-folder'),
};

/** How each of the plugins is named in a configuration, with the name it gives itself. */
export const foreignPlugins: Readonly<Record<string, string>> = {
  './plain.mjs': 'mjs',
  './plain-js.js': 'js',
  './typed.mts': 'mts',
  './typed-ts.ts': 'ts',
  './common.cjs': 'cjs',
  './importing.mts': 'importing',
  'belfry-gate': 'package',
  '@acme/pager': 'esm-only',
  '@acme/pager/gate': 'subpath',
  'old-style': 'old-style',
};

/** What each of the broken ones is told as; a line of its own where several would do. */
export const brokenPlugins: Readonly<Record<string, RegExp>> = {
  './broken.mjs': /^PLUGIN_SYNTAX plugin "\.\/broken\.mjs" cannot be read: .+ \(\/.+\/broken\.mjs, line 2\b/,
  './broken-typed.mts': /^PLUGIN_SYNTAX .+ cannot be read: .+ \(\/.+\/broken-typed\.mts, line 2, column 8\)$/,
  './broken-common.cjs': /^PLUGIN_SYNTAX .+ cannot be read: .+ \(\/.+\/broken-common\.cjs, line 3\b/,
  './throws.mts': /^PLUGIN_LOAD_FAILED plugin "\.\/throws\.mts" failed: at the top \(throws\.mts:2\)$/,
  './throws-text.mjs': /^PLUGIN_LOAD_FAILED .+ failed: at the top\. Throw an Error, which also says where/,
  './parses.mjs': /^PLUGIN_LOAD_FAILED .+JSON.+ \(parses\.mjs:1\)$/,
  './lacking.mjs':
    /^PLUGIN_IMPORT_MISSING plugin .+ imports the package not-installed, and it is not installed\. Run `npm install/,
  './lacking-inside.mts': /^PLUGIN_IMPORT_MISSING .+ the package not-installed in \/.+\/lacking\.mjs, and it is not/,
  './lacking-file.mjs':
    /^PLUGIN_IMPORT_MISSING .+ imports the file \/.+\/besid\.ts, and it does not exist\. Did you mean beside\.ts\?$/,
  './lacking-export.mts': /^PLUGIN_IMPORT_MISSING .+ imports deferr from belfry\/plugin, .+ Did you mean defer\?$/,
  './lacking-own.mts':
    /^PLUGIN_IMPORT_MISSING .+ from belfry what does not exist\. There are belfry\/plugin, belfry\/notifier, belfry\/t/,
  './lacking-builtin.mjs': /^PLUGIN_IMPORT_MISSING .+ node:fss, which Node does not have\. Did you mean node:fs\?$/,
  './lacking-subpath.mjs':
    /^PLUGIN_IMPORT_MISSING .+ imports @acme\/pager\/nothing, which the package @acme\/pager does not offer$/,
  '@acme/pager/nothing': /^PLUGIN_NOT_FOUND there is no plugin "@acme\/pager\/nothing": the package @acme\/pager is/,
  './requires.cjs': /^PLUGIN_IMPORT_MISSING .+ imports belfry\/plugin with `require`\. Write `import`/,
  './exits.mjs': /^PLUGIN_EXIT plugin "\.\/exits\.mjs": it called process\.exit\(3\) \(exits\.mjs:1\)/,
  './empty.mjs': /^PLUGIN_NO_EXPORT plugin "\.\/empty\.mjs" exports nothing\. Is its file empty\?$/,
  './empty.cjs': /^PLUGIN_NO_EXPORT .+ exports an empty object\. Is its file empty\?$/,
  './named.mjs': /^PLUGIN_NO_EXPORT .+ exports gate, and has no default export\. Write `export default gate`$/,
  './function.mjs': /^PLUGIN_EXPORT_INVALID the default export of plugin "\.\/function\.mjs" is a function\. Call it/,
  './class.mts': /^PLUGIN_EXPORT_INVALID .+ is a class, and not a plugin$/,
  './promise.mjs': /^PLUGIN_EXPORT_INVALID .+ is a promise\. Write `export default await …`$/,
  './text.mjs': /^PLUGIN_EXPORT_INVALID .+ is a string$/,
  './notes.txt': /^PLUGIN_FILE_UNSUPPORTED plugin "\.\/notes\.txt" does not end in \.mts, \.ts, \.mjs, \.js$/,
  './folder': /^PLUGIN_FILE_UNSUPPORTED .+ is a folder\. Name the file in it, such as \.\/folder\/gate\.mjs$/,
  './typd.mts': /^PLUGIN_NOT_FOUND .+ \/.+\/typd\.mts does not exist\. Did you mean typed\.mts\?$/,
  'plain.mjs': /^PLUGIN_NOT_FOUND .+ is named with its path\. Did you mean \.\/plain\.mjs\?$/,
  'typed-ts': /^PLUGIN_NOT_FOUND .+ is named with its path\. Did you mean \.\/typed-ts\.ts\?$/,
  'health-doker':
    /^PLUGIN_NOT_FOUND there is no plugin "health-doker": it is neither .+\. Did you mean health-docker\?$/,
  '@acme/nothing':
    /^PLUGIN_NOT_FOUND there is no plugin "@acme\/nothing": it is neither built in nor a package that is installed in \/.+\.$/,
  'node:fs': /^PLUGIN_NOT_FOUND there is no plugin "node:fs": /,
  'file:///etc/passwd': /^PLUGIN_NOT_FOUND /,
  'data:text/javascript,1': /^PLUGIN_NOT_FOUND /,
  constructor: /^PLUGIN_NOT_FOUND /,
};

/** A folder outside of any package, with all of them in it. */
export async function foreignFolder(t: { after(work: () => Promise<void>): void }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'belfry-plugins-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}
