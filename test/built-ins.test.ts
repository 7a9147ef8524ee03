import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { testPlugin } from 'belfry/testing';
import { loadSettings } from '../core/config/load.ts';
import { loadPlugin } from '../core/loader.ts';
import { builtInNames } from '../core/paths.ts';
import { exampleEnv } from './config/example-env.ts';

const root = new URL('../', import.meta.url);
/** The rules of the cleanup policies are held by all of them at once. */
const policies = readFileSync(new URL('test/plugins/cleanup-policies.test.ts', root), 'utf8');
const { settings } = await loadSettings({
  flags: { given: [], foreign: [], config: fileURLToPath(new URL('config.example.json', root)) },
  env: exampleEnv,
  cwd: '/nowhere',
});

/** The example names files that their set-up looks for; their own tests have such. */
const ofThisMachine = new Set(['exec-gate', 'signature']);

describe('a built-in plugin', () => {
  for (const { use, config } of settings.plugins) {
    if (ofThisMachine.has(use)) continue;
    test(`owes what every plugin owes, and so does ${use} as config.example.json has it`, async () => {
      await testPlugin(await loadPlugin(use, '/'), { valid: [config] });
    });
  }

  test('has a test of its own', () => {
    for (const name of builtInNames()) {
      const path = `test/plugins/${name}.test.ts`;
      const isPolicy = policies.includes(`plugins/${name}/index.ts`);
      assert.ok(isPolicy || existsSync(new URL(path, root)), `${path} is missing`);
    }
  });
});
