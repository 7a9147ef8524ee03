import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
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

/** The files that the example takes from /etc/belfry. */
const folder = mkdtempSync(join(tmpdir(), 'belfry-built-ins-'));
after(() => rmSync(folder, { recursive: true }));
const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
writeFileSync(join(folder, 'acme.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
writeFileSync(join(folder, 'backup-is-fresh'), '#!/bin/sh\n', { mode: 0o755 });
const atHand = (config: unknown) =>
  config === undefined ? undefined : JSON.parse(JSON.stringify(config).replaceAll('/etc/belfry/', `${folder}/`));

describe('a built-in plugin', () => {
  for (const { use, config } of settings.plugins) {
    test(`owes what every plugin owes, and so does ${use} as config.example.json has it`, async () => {
      await testPlugin(await loadPlugin(use, '/'), { valid: [atHand(config)] });
    });
  }

  test('has a test', () => {
    const tests = readdirSync(new URL('test/plugins/', root));
    const sources = tests.map((name) => readFileSync(new URL(`test/plugins/${name}`, root), 'utf8')).join();
    const untested = builtInNames().filter((name) => !sources.includes(`/plugins/${name}/index.ts'`));
    assert.deepEqual(untested, [], 'no test in test/plugins imports them');
  });
});
