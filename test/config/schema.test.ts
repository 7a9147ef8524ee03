import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { configSchemaText } from '../../core/config/json-schema.ts';
import { loadSettings } from '../../core/config/load.ts';
import { settings } from '../../core/config/table.ts';
import { builtInNames } from '../../core/paths.ts';
import { describePlugins } from '../../core/plugin-schema.ts';
import { exampleEnv } from './example-env.ts';

const rooted = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const builtIn = await describePlugins(builtInNames(), '/');
const text = configSchemaText(builtIn.plugins);

const validatorOf = (schema: string) =>
  new Ajv2020({ allErrors: true, strictTypes: false, validateFormats: false }).compile(JSON.parse(schema));
const validate = validatorOf(text);

/** What an editor finds wrong with a file; empty where it is as it should be. */
function faults(content: unknown, check = validate): readonly string[] {
  check(content);
  return (check.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
const env = (name: string) => `\${env:${name}}`;
const entry = (use: string, config?: unknown, rest = {}) => ({ plugins: [{ use, config, ...rest }] });

describe('the JSON Schema', () => {
  test('describes every setting', () => {
    const { properties } = JSON.parse(text) as { properties: Record<string, { description?: string }> };
    for (const { key, summary } of settings) assert.equal(properties[key]?.description, summary);
  });

  test('names every built-in plugin with its summary', () => {
    const { anyOf } = JSON.parse(text).properties.plugins.items.properties.use;
    const named = anyOf.filter((one: object) => 'const' in one);
    assert.deepEqual(
      named,
      builtIn.plugins.map(({ use, summary }) => ({ const: use, description: summary })),
    );
    assert.deepEqual(
      builtIn.plugins.map(({ use }) => use),
      builtInNames(),
    );
  });

  test('describes every key that a built-in plugin may be given, and marks what is secret as write-only', () => {
    const schema = JSON.parse(text);
    assert.equal(schema.properties.registries.additionalProperties.properties.password.writeOnly, true);
    assert.equal(schema.$defs['plugin webhook'].properties.url.writeOnly, true);
    for (const [place, key] of keysOf(schema)) {
      assert.ok(key.description, `${place} has no description: use .describe(…)`);
      const secret = /(password|token|secret|apiKey)$/i.test(place);
      assert.ok(!secret || key.writeOnly, `${place} is not marked as a secret: use .meta({ writeOnly: true })`);
    }
  });

  test('checks the configuration of each plugin by what it takes', () => {
    assert.deepEqual(faults(entry('webhook', { url: 'https://example.org' })), []);
    assert.deepEqual(faults(entry('webhook', { url: 1 })).slice(0, 1), ['/plugins/0/config/url must be string']);
    assert.deepEqual(faults(entry('webhook', { url: 'https://example.org', colour: 'red' })).slice(0, 1), [
      '/plugins/0/config must NOT have additional properties',
    ]);
    assert.notDeepEqual(faults(entry('console', {})), []);
    assert.deepEqual(faults(entry('./mine.mts', { anything: true })), []);
  });

  test('wants what a plugin cannot do without, unless it is turned off', () => {
    assert.notDeepEqual(faults({ plugins: [{ use: 'webhook' }] }), []);
    assert.deepEqual(faults({ plugins: [{ use: 'webhook', enabled: false }] }), []);
  });

  test('lets a reference stand for any text, however narrow, but for no name of a key', () => {
    const headers = { authorization: `Bearer ${env('TOKEN')}` };
    const config = { url: env('URL'), delivery: env('MODE'), headers };
    assert.deepEqual(faults({ interval: env('INTERVAL'), ...entry('webhook', config) }), []);
    assert.notDeepEqual(faults(entry('webhook', { ...config, headers: { [env('X')]: 'x' } })), []);
    assert.notDeepEqual(faults(entry('webhook', { ...config, delivery: 'hourly' })), []);
  });

  test('keeps what a plugin’s schema says of itself apart from all the others', () => {
    const config = {
      $ref: '#/$defs/tree',
      $defs: { tree: { type: 'object', properties: { pattern: { type: 'string' }, $ref: { $ref: '#' } } } },
    };
    const use = './a/b~c d.mts';
    const check = validatorOf(configSchemaText([{ use, summary: 'A tree.', config }]));
    assert.deepEqual(faults(entry(use, { $ref: { $ref: { pattern: 'x' } } }), check), []);
    assert.deepEqual(faults(entry(use, { $ref: { $ref: { pattern: 1 } } }), check).slice(0, 1), [
      '/plugins/0/config/$ref/$ref/pattern must be string',
    ]);
  });
});

/** Every key that a file may hold anywhere, with its place. */
function keysOf(schema: unknown, place = ''): readonly (readonly [string, Record<string, unknown>])[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const isCondition = place.endsWith('.allOf');
  return Object.entries(schema).flatMap(([keyword, value]) => {
    if (keyword === 'default' || isCondition) return [];
    if (keyword !== 'properties') return keysOf(value, Array.isArray(schema) ? place : `${place}.${keyword}`);
    const keys = Object.entries(value as Record<string, Record<string, unknown>>);
    return keys.flatMap(([key, one]) => [[`${place}.${key}`, one] as const, ...keysOf(one, `${place}.${key}`)]);
  });
}

describe('what a plugin may be configured with', () => {
  const folder = mkdtempSync(join(tmpdir(), 'belfry-schemas-'));
  after(() => rmSync(folder, { recursive: true }));
  const described = async (config: string, more = '') => {
    const file = join(folder, `${Math.random().toString(36).slice(2)}.mts`);
    const head = `import { z } from 'belfry/plugin'; const named = { name: 'mine', apiVersion: 1, summary: 'Mine.' };`;
    writeFileSync(file, `${head} export default { ...named, config: ${config}, ${more} setup: () => ({}) };`);
    const { plugins, problems } = await describePlugins([file], folder);
    assert.deepEqual(problems, []);
    return plugins[0]?.config;
  };
  const own = { type: 'object', properties: { hours: { type: 'integer' } } };
  const plain = `{ '~standard': { version: 1, vendor: 'mine', validate: (value) => ({ value }) } }`;

  test('is nothing where it has no schema', async () => {
    assert.equal(await described('undefined'), false);
  });

  test('is said by the schema itself, as it is written and not as it is read', async () => {
    const schema = await described('z.object({ day: z.string().transform((text) => new Date(text)) })');
    assert.deepEqual((schema as { properties: object }).properties, { day: { type: 'string' } });
  });

  test('is anything where a part of it cannot be told', async () => {
    const schema = await described('z.object({ day: z.date() })');
    assert.deepEqual((schema as { properties: object }).properties, { day: {} });
  });

  test('is said by the plugin where its schema cannot, and else unknown', async () => {
    assert.deepEqual(await described(plain, `configJsonSchema: ${JSON.stringify(own)},`), own);
    assert.deepEqual(await described(plain), {});
    const throwing = plain.replace('version', `jsonSchema: { input() { throw new Error('no'); } }, version`);
    assert.deepEqual(await described(throwing), {});
  });

  test('is left out, with its problem, where the plugin cannot be loaded', async () => {
    const { plugins, problems } = await describePlugins(['webhook', './absent.mts'], folder);
    assert.deepEqual(
      [plugins.map(({ use }) => use), problems.map(({ code }) => code)],
      [['webhook'], ['PLUGIN_NOT_FOUND']],
    );
  });
});

describe('config.example.json', () => {
  const path = rooted('config.example.json');
  const example = JSON.parse(readFileSync(path, 'utf8'));

  test('is what the JSON Schema describes', () => {
    assert.deepEqual(faults(example), []);
  });

  test('is a configuration that Belfry takes', async () => {
    const env = exampleEnv;
    const { settings: loaded, warnings } = await loadSettings({
      flags: { given: [], foreign: [], config: path },
      env,
      cwd: '/nowhere',
    });
    assert.deepEqual(warnings, []);
    // A plugin may be shown more than once.
    assert.deepEqual([...new Set(loaded.plugins.map(({ use }) => use))].toSorted(), builtInNames());
  });

  test('shows every setting there is', () => {
    const keys = [...settings.map(({ key }) => key as string), '$schema', 'registries', 'follow', 'plugins'];
    assert.deepEqual(Object.keys(example).sort(), keys.sort());
  });
});
