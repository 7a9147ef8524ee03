import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { AppError } from '../core/errors/app-error.ts';
import { loadPlugin } from '../core/loader.ts';
import { builtInNames } from '../core/paths.ts';
import { foreignFolder, foreignPlugins } from './foreign-plugins.ts';

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

describe('a plugin that is not found', () => {
  test('is missed under its name, with the built-in one that was meant', async () => {
    assert.equal(
      await failure('health-doker'),
      'PLUGIN_NOT_FOUND there is no plugin "health-doker". Did you mean health-docker?',
    );
    assert.equal(await failure('@acme/nothing'), 'PLUGIN_NOT_FOUND there is no plugin "@acme/nothing".');
    for (const use of ['./nothing.mjs', './nothing.mts', './nothing.js', '/nowhere/x.ts']) {
      assert.equal(await failure(use), `PLUGIN_NOT_FOUND there is no plugin "${use}".`);
    }
  });

  test('is not missed where it only lacks something itself', async () => {
    assert.match(await failure('./lacking.mjs'), /^PLUGIN_LOAD_FAILED plugin ".\/lacking.mjs" failed: .*not-installed/);
  });
});

describe('a plugin that cannot be loaded', () => {
  test('says in one line what its file does wrong', async () => {
    assert.match(
      await failure('./broken.mjs'),
      /^PLUGIN_LOAD_FAILED plugin ".\/broken.mjs" failed: Unexpected end of input$/,
    );
    assert.equal(await failure('./throws.mts'), 'PLUGIN_LOAD_FAILED plugin "./throws.mts" failed: at the top');
  });

  test('has no default export', async () => {
    assert.match(await failure('./empty.mjs'), /^PLUGIN_INVALID .*has no default export made by definePlugin$/);
  });

  test('is never a template name or a path of its own making', async () => {
    for (const use of [
      '..',
      '',
      'constructor',
      '../../etc/passwd',
      'file:///etc/passwd',
      'node:fs',
      'data:text/javascript,1',
    ]) {
      assert.match(await failure(use), /^PLUGIN_(NOT_FOUND|LOAD_FAILED|INVALID|API_VERSION) /);
    }
  });
});
