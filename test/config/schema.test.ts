import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadSettings } from '../../core/config/load.ts';
import { configSchemaText } from '../../core/config/schema.ts';
import { settings } from '../../core/config/table.ts';

const rooted = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));

describe('the JSON Schema', () => {
  test('in config.schema.json is the one the settings make', () => {
    assert.equal(
      readFileSync(rooted('config.schema.json'), 'utf8'),
      configSchemaText(),
      'config.schema.json is stale: run `belfry config schema > config.schema.json`',
    );
  });

  test('describes every setting', () => {
    const { properties } = JSON.parse(configSchemaText()) as { properties: Record<string, { description?: string }> };
    for (const { key, summary } of settings) assert.equal(properties[key]?.description, summary);
  });

  test('marks what is secret as write-only', () => {
    const schema = JSON.parse(configSchemaText());
    assert.equal(schema.properties.registries.additionalProperties.properties.password.writeOnly, true);
  });
});

describe('config.example.json', () => {
  const path = rooted('config.example.json');
  const example = JSON.parse(readFileSync(path, 'utf8'));

  test('is a configuration that Belfry takes', async () => {
    const env = {
      REGISTRY_PASSWORD: 'a password',
      SLACK_URL: 'https://hooks.slack.com/services/T/B/x',
      WEBHOOK_URL: 'https://example.org/hook',
    };
    const { settings: loaded, warnings } = await loadSettings({
      flags: { given: [], foreign: [], config: path },
      env,
      cwd: '/nowhere',
    });
    assert.deepEqual(warnings, []);
    assert.deepEqual(
      loaded.plugins.map(({ use }) => use),
      ['health-docker', 'stability', 'console', 'cleanup-replaced', 'slack', 'webhook'],
    );
  });

  test('shows every setting there is', () => {
    const keys = [...settings.map(({ key }) => key as string), '$schema', 'registries', 'plugins'];
    assert.deepEqual(Object.keys(example).sort(), keys.sort());
  });
});
