import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { testPlugin } from 'belfry/testing';
import { loadSettings } from '../core/config/load.ts';
import { loadPlugin } from '../core/loader.ts';
import { builtInNames } from '../core/paths.ts';
import { exampleEnv } from './config/example-env.ts';

const root = new URL('../', import.meta.url);
const { settings } = await loadSettings({
  flags: { given: [], foreign: [], config: fileURLToPath(new URL('config.example.json', root)) },
  env: exampleEnv,
  cwd: '/nowhere',
});

describe('a built-in plugin', () => {
  for (const { use, config } of settings.plugins) {
    test(`owes what every plugin owes, and so does ${use} as config.example.json has it`, async () => {
      await testPlugin(await loadPlugin(use, '/'), { valid: [config] });
    });
  }

  test('has a test of its own', () => {
    for (const name of builtInNames()) {
      const path = `test/plugins/${name}.test.ts`;
      assert.ok(existsSync(new URL(path, root)), `${path} is missing`);
    }
  });
});
