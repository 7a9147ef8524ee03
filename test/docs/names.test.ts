import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { otherVariables } from '../../core/config/environment.ts';
import { pluginLabels } from '../../core/config/plugin-labels.ts';
import { type Label, labels, settings, variableOf } from '../../core/config/table.ts';
import { otherLabels } from '../../core/config/unread-labels.ts';
import { foreignNames } from '../../core/config/watchtower.ts';
import { catalogue } from '../../core/errors/catalogue.ts';
import { pages, read, root } from './pages.ts';

const suffixes: readonly string[] = [
  ...labels.map(({ suffix }: Label) => suffix),
  ...pluginLabels.flatMap((row) => row.suffixes),
  ...otherLabels.map(({ suffix }) => suffix),
];
const variables: readonly string[] = [
  ...settings.flatMap((one) => [variableOf(one), ...(one.aliases ?? []).flatMap(({ variable }) => variable ?? [])]),
  ...foreignNames.flatMap(({ variable }) => variable ?? []),
  ...otherVariables.map(({ name }) => name),
];
const schema = JSON.parse(read('config.schema.json')) as { readonly properties: Readonly<Record<string, object>> };
const validate = new Ajv2020({ strictTypes: false, validateFormats: false }).compile(schema);

/** As it stands in a plugin's source: whole, or as the key it is made of. */
const given = (name: string) => [name, name.replace('BELFRY_', '').toLowerCase()];

/** The source of a plugin, which says what it gives to the programs it runs. */
function ownVariables(page: string): string {
  const name = /^plugins\/([^/_]+)\/README\.md$/.exec(page)?.[1];
  if (name === undefined) return '';
  const files = readdirSync(new URL(`plugins/${name}/`, root)).filter((file) => file.endsWith('.ts'));
  return files.map((file) => read(`plugins/${name}/${file}`)).join();
}

describe('what the pages name', () => {
  for (const page of pages) {
    test(`exists: ${page}`, () => {
      const text = read(page);
      const own = ownVariables(page);
      const unknown = [
        ...namesIn(text, /`belfry\.([a-z][a-z.-]*[a-z])(?:=[^`]*)?`/g).filter((name) => !isLabel(name)),
        ...namesIn(text, /\b((?:BELFRY|WATCHTOWER)_[A-Z_]*[A-Z])\b/g).filter(
          (name) => !isKnown(name) && !given(name).some((spelling) => own.includes(spelling)),
        ),
        ...namesIn(text, /`([A-Z]+(?:_[A-Z]+)+)`/g).filter((name) => areas.has(name.split('_')[0]) && !isKnown(name)),
      ];
      assert.deepEqual(unknown, [], `${page} names what does not exist`);
    });

    test(`is a configuration that an editor takes: the examples in ${page}`, () => {
      for (const [, code = ''] of read(page).matchAll(/```json\n([\s\S]*?)```/g)) {
        const file = configurationIn(code);
        if (file === undefined) continue;
        const faults = validate(file) ? [] : (validate.errors ?? []).map((one) => `${one.instancePath} ${one.message}`);
        assert.deepEqual(faults, [], `${page}: ${code}`);
      }
    });
  }

  test('is everything that there is: each label stands on the page of the settings or of its plugin', () => {
    for (const { suffix } of [...labels, ...otherLabels] as readonly { readonly suffix: string }[]) {
      assert.ok(
        read('docs/configuration.md').includes(`\`belfry.${suffix}`),
        `docs/configuration.md lacks belfry.${suffix}`,
      );
    }
    for (const { plugin, suffixes: own } of pluginLabels) {
      const path = `plugins/${plugin}/README.md`;
      for (const suffix of own)
        assert.ok(read(path).includes(`\`belfry.${suffix}\``), `${path} lacks belfry.${suffix}`);
    }
  });

  test('is everything that there is: each key of the file stands on a page of docs/', () => {
    const text = pages.flatMap((page) => (page.startsWith('docs/') ? read(page) : [])).join();
    const missing = keysOf(schema.properties).filter(
      (key) => !text.includes(`\`${key}\``) && !text.includes(`"${key}"`),
    );
    assert.deepEqual(missing, [], 'docs/configuration.md lacks these keys');
  });

  test('is everything that there is: each variable that is read stands in the table of others, or is a setting', () => {
    const silent = ['BELFRY_BUNDLED', 'HOME', 'NODE_OPTIONS', 'PATH'];
    for (const file of readdirSync(new URL('core/', root), { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts')) continue;
      const source = readFileSync(new URL(`core/${file}`, root), 'utf8');
      const names = namesIn(source, /\b(?:env|environment)(?:\.|\[')([A-Z][A-Z_]+)\b/g);
      const unknown = names.filter((name) => !variables.includes(name) && !silent.includes(name));
      assert.deepEqual(unknown, [], `core/${file} reads what \`otherVariables\` in core/config/environment.ts lacks`);
    }
  });
});

function namesIn(text: string, pattern: RegExp): readonly string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, name = '']) => name))];
}

const files = ['json', 'yaml', 'yml', 'sock', 'js', 'suffix'];

function isLabel(name: string): boolean {
  // The types of events as webhooks name them, such as `belfry.run.v1`.
  return suffixes.includes(name) || files.includes(name) || /^(run|event|digest|test)\.v$/.test(name);
}

/** The first words of all error codes: what begins with another word is no code. */
const areas = new Set(Object.keys(catalogue).map((code) => code.split('_')[0]));

/** An error code or a variable; `BELFRY_TEST_…` and its like are for those who work on Belfry. */
function isKnown(name: string): boolean {
  return Object.hasOwn(catalogue, name) || variables.includes(name) || /^BELFRY_(TEST|ENGINES|FULL)_/.test(name);
}

/** An example that is a configuration, or an entry of its `plugins`; undefined where it is something else. */
function configurationIn(code: string): unknown {
  const value = parsed(code);
  if (typeof value !== 'object' || value === null) return undefined;
  if ('use' in value) return { plugins: [value] };
  return Object.keys(value).some((key) => key in schema.properties) ? value : undefined;
}

function parsed(code: string): unknown {
  try {
    return JSON.parse(code);
  } catch {
    return undefined;
  }
}

/** The keys of the file and of its entries; those of a plugin's `config` stand in its own README. */
function keysOf(properties: object): readonly string[] {
  return Object.entries(properties).flatMap(([key, one]) => {
    const { properties: own, additionalProperties, items } = one as Readonly<Record<string, { properties?: object }>>;
    const inner = [own, additionalProperties?.properties, items?.properties].filter((found) => found !== undefined);
    return [key, ...inner.flatMap((found) => keysOf(found))];
  });
}
