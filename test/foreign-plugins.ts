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
  'broken.mjs': 'export default {',
  'throws.mts': "throw new Error('at the top');",
  'lacking.mjs': "import 'not-installed'; export default {};",
  'empty.mjs': '',
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
