import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { AppError } from '../core/errors/app-error.ts';
import { freshLoader, type Load, loadPlugin } from '../core/loader.ts';
import { builtInNames } from '../core/paths.ts';
import { brokenPlugins, foreignFolder, foreignPlugins } from './foreign-plugins.ts';

const folder = await foreignFolder({ after });
const failure = async (use: string): Promise<string> => {
  const error = await loadPlugin(use, folder).catch((thrown: unknown) => thrown);
  assert.ok(error instanceof AppError, String(error));
  return `${error.code} ${error.message}`;
};

describe('a plugin is found', () => {
  test('by name, where it is built in', async () => {
    for (const name of builtInNames()) assert.equal((await loadPlugin(name, folder)).name, name);
    assert.ok(builtInNames().includes('health-docker'));
  });

  for (const [use, name] of Object.entries(foreignPlugins)) {
    test(`by ${use}, from a folder that knows no package belfry`, async () => {
      assert.equal((await loadPlugin(use, folder)).name, name);
    });
  }

  test('by an absolute path', async () => {
    assert.equal((await loadPlugin(`${folder}/typed.mts`, '/')).name, 'mts');
  });
});

describe('a plugin that cannot be used is told with what is wrong and what to do:', () => {
  // With tsx around everything, as here, `require` is answered as well.
  for (const [use, problem] of Object.entries(brokenPlugins).filter(([use]) => use !== './requires.cjs')) {
    test(use, async () => assert.match(await failure(use), problem));
  }

  for (const [what, told] of [
    ['belfry/plugins', 'belfry/plugins, which does not exist. Did you mean belfry/plugin?'],
    ['belfry', 'from belfry what does not exist. There are belfry/plugin, belfry/notifier, belfry/testing'],
  ] as const) {
    test(`an import of ${what}, where Belfry is installed beside it`, async () => {
      const beside = join(folder, 'beside', 'node_modules', 'belfry');
      await mkdir(beside, { recursive: true });
      const exports = { './plugin': './plugin.js' };
      await writeFile(join(beside, 'package.json'), JSON.stringify({ name: 'belfry', type: 'module', exports }));
      const name = `${what.replace('/', '-')}.mts`;
      await writeFile(join(folder, 'beside', name), `import { defer } from '${what}'; export default defer('x');`);
      assert.equal(
        await failure(`./beside/${name}`),
        `PLUGIN_IMPORT_MISSING plugin "./beside/${name}" imports ${told}`,
      );
    });
  }

  test('an absolute path', async () => {
    assert.equal(
      await failure('/nowhere/x.ts'),
      'PLUGIN_NOT_FOUND there is no plugin "/nowhere/x.ts": /nowhere/x.ts does not exist.',
    );
  });

  test('a top-level await that never ends', async (t) => {
    await writeFile(join(folder, 'waits.mjs'), 'console; await new Promise(() => {}); export default {};');
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const told = failure('./waits.mjs');
    for (let turns = 0; turns < 20; turns += 1) await turn();
    t.mock.timers.tick(30_000);
    assert.match(
      await told,
      /^PLUGIN_LOAD_TIMEOUT plugin "\.\/waits\.mjs" did not finish within 30 s\. .+ top of the file/,
    );
  });
});

describe('a plugin that is loaded anew', () => {
  const said = async (load: Load, use: string) => (await load(use, folder)).summary;
  const write = async (name: string, text: string) => writeFile(join(folder, name), text);
  const plugin = (summary: string) => `{ name: 'x', apiVersion: 1, summary: ${summary}, setup: () => ({}) }`;

  for (const [use, files] of [
    ['./again.mjs', { 'again.mjs': (text: string) => `export default ${plugin(`'${text}'`)};` }],
    [
      './again.mts',
      { 'again.mts': (text: string) => `const said: string = '${text}'; export default ${plugin('said')};` },
    ],
    ['./again.cjs', { 'again.cjs': (text: string) => `module.exports = ${plugin(`'${text}'`)};` }],
    [
      './outer.mjs',
      {
        'outer.mjs': () => `import { said } from './inner.mjs'; export default ${plugin('said')};`,
        'inner.mjs': (text: string) => `export const said = '${text}';`,
      },
    ],
  ] as const) {
    test(`${use} is read again`, async () => {
      for (const [name, text] of Object.entries(files)) await write(name, text('before'));
      assert.equal(await said(loadPlugin, use), 'before');
      for (const [name, text] of Object.entries(files)) await write(name, text('after'));
      assert.equal(await said(freshLoader(), use), 'after');
    });
  }
});
