import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { importsOf } from './imports.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Import {
  /** From the package's own folder, as `core/bus.ts`. */
  readonly from: string;
  /** The same for files of our own; else as it is written. */
  readonly to: string;
}

/** A direction: the imports it speaks of, and which of them it allows. */
interface Rule {
  readonly says: string;
  readonly of: (one: Import) => boolean;
  readonly allows: (one: Import) => boolean;
}

const inFolder = (path: string, folder: string) => path.startsWith(`${folder}/`);
const pluginOf = (path: string) => path.split('/').slice(0, 2).join('/');
/** Ports, and functions that touch nothing. */
const ports = [
  'core/engine/port.ts',
  'core/engine/api-version.ts',
  'core/engine/platform.ts',
  'core/engine/state.ts',
  'core/registry/port.ts',
  'core/registry/platform.ts',
  'core/registry/reference.ts',
  'core/journal/port.ts',
  'core/journal/record.ts',
];
const isAdapter = (path: string) =>
  ['core/engine', 'core/registry', 'core/journal'].some((area) => inFolder(path, area)) && !ports.includes(path);
const isOurs = (path: string) => /^(core|plugins|test|bench|scripts)\//.test(path);

const rules: readonly Rule[] = [
  {
    says: 'the core imports no plugin: built-in ones are found by name, like any other',
    of: ({ from }) => inFolder(from, 'core'),
    allows: ({ to }) => !inFolder(to, 'plugins'),
  },
  {
    says: 'of our own code a plugin imports the public modules and its own folder',
    of: ({ from }) => inFolder(from, 'plugins') && !from.endsWith('.test.ts'),
    allows: ({ from, to }) =>
      to === 'belfry/plugin' ||
      to === 'belfry/notifier' ||
      inFolder(to, pluginOf(from)) ||
      !(isOurs(to) || /^belfry/.test(to)),
  },
  {
    says: 'the core imports its public modules by path, and nothing of the tests',
    of: ({ from }) => inFolder(from, 'core'),
    allows: ({ to }) => !/^belfry/.test(to) && !inFolder(to, 'test') && !inFolder(to, 'bench'),
  },
  {
    says: 'the kit, which goes out with the package, imports the core and itself',
    of: ({ from }) => inFolder(from, 'test/kit'),
    allows: ({ to }) => inFolder(to, 'core') || inFolder(to, 'test/kit') || !(isOurs(to) || /^belfry/.test(to)),
  },
  {
    says: 'the test of a built-in plugin imports the plugin and the public modules, as anybody’s would',
    // The rules of the cleanup policies are held by all of them at once.
    of: ({ from }) => inFolder(from, 'test/plugins') && from !== 'test/plugins/cleanup-policies.test.ts',
    allows: ({ from, to }) => {
      const name = posix.basename(from, '.test.ts');
      return inFolder(to, `plugins/${name}`) || inFolder(to, `test/plugins/${name}`) || !isOurs(to);
    },
  },
  {
    says: 'a cycle knows the ports, not the adapters',
    of: ({ from }) => inFolder(from, 'core/cycle'),
    allows: ({ to }) =>
      !isAdapter(to) && !['core/app.ts', 'core/host.ts', 'core/loader.ts'].includes(to) && !inFolder(to, 'core/cli'),
  },
  {
    says: 'what notifiers share knows events and text, no engine and no registry',
    of: ({ from }) => inFolder(from, 'core/notifier'),
    allows: ({ to }) =>
      !['core/engine', 'core/registry', 'core/cycle', 'core/journal', 'core/cli'].some((area) => inFolder(to, area)),
  },
];

/** Packages that exactly one file of the product may import. */
const once = ['dockerode', 'mustache', 'eventemitter3', 'nodemailer', '@slack/webhook'];

describe('the directions of imports:', () => {
  const imports = readAll('core', 'plugins', 'test/kit', 'test/plugins');

  for (const rule of rules) {
    test(rule.says, () => assert.deepEqual(broken(rule, imports), []));
  }

  const { dependencies } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { readonly dependencies: object };
  for (const name of once.filter((one) => one in dependencies)) {
    test(`one file imports ${name}`, () => {
      assert.equal(importersOf(name, imports).length, 1, importersOf(name, imports).join());
    });
  }

  test('speak of every file there is', () => {
    const seen = new Set(imports.map(({ from }) => from));
    for (const file of ['core/app.ts', 'core/cycle/cycle.ts', 'plugins/console/index.ts'])
      assert.ok(seen.has(file), file);
    for (const { from, to } of imports) if (isOurs(to)) assert.ok(readable(to), `${from} imports ${to}`);
  });
});

describe('the check of directions', () => {
  test('finds a broken rule in every form that an import can take', () => {
    const sample = [
      "import webhook from '../plugins/webhook/index.ts';",
      "import type { Config } from '../plugins/webhook/config.ts';",
      'export { a } from "../plugins/a/index.ts";',
      "export * from '../plugins/b/index.ts';",
      "import '../plugins/c/index.ts';",
      "const d = await import('../plugins/d/index.ts');",
      'const e = await import(`../plugins/e/index.ts`);',
      "import {\n  one,\n  two,\n} from '../plugins/f/index.ts';",
      "const text = 'http://x'; const g = import('../plugins/g/index.ts'); // a comment",
    ];
    const found = sample.flatMap((source) => toImports('core/sample.ts', source));
    assert.equal(found.length, sample.length);
    const [noPlugins] = rules;
    assert.ok(noPlugins);
    assert.deepEqual(broken(noPlugins, found).length, sample.length);
  });

  test('takes no comment and no text for an import', () => {
    const source = [
      "// import a from '../plugins/a/index.ts';",
      "/* export * from '../plugins/b/index.ts'; */",
      "/** `import z from 'belfry/plugin'` */",
      'const text = "say: import x from \'../plugins/c/index.ts\'";',
    ].join('\n');
    assert.deepEqual(importsOf(source), []);
  });

  test('knows files of our own however deep the one that imports them lies', () => {
    const [found] = toImports('core/cycle/settings/merge.ts', "import { a } from '../../engine/docker/call.ts';");
    assert.deepEqual(found, { from: 'core/cycle/settings/merge.ts', to: 'core/engine/docker/call.ts' });
  });

  for (const [from, to] of [
    ['plugins/slack/index.ts', '../../core/log.ts'],
    ['plugins/slack/index.ts', '../webhook/index.ts'],
    ['plugins/slack/index.ts', 'belfry/testing'],
    ['core/cycle/pull.ts', '../engine/docker/engine.ts'],
    ['core/cycle/pull.ts', '../registry/client.ts'],
    ['core/notifier/render.ts', '../engine/port.ts'],
    ['core/app.ts', 'belfry/plugin'],
    ['test/kit/test-host.ts', '../cycle/lab.ts'],
    ['test/kit/test-host.ts', 'belfry/plugin'],
    ['test/plugins/slack.test.ts', '../../core/log.ts'],
    ['test/plugins/slack.test.ts', '../../plugins/webhook/index.ts'],
  ] as const) {
    test(`does not let ${from} import ${to}`, () => {
      const found = toImports(from, `import { a } from '${to}';`);
      assert.equal(rules.flatMap((rule) => broken(rule, found)).length, 1);
    });
  }
});

function broken(rule: Rule, imports: readonly Import[]): readonly string[] {
  return imports.filter((one) => rule.of(one) && !rule.allows(one)).map(({ from, to }) => `${from} imports ${to}`);
}

function importersOf(name: string, imports: readonly Import[]): readonly string[] {
  const importing = imports.filter(({ to }) => to === name || to.startsWith(`${name}/`));
  return [...new Set(importing.map(({ from }) => from))];
}

function toImports(from: string, source: string): readonly Import[] {
  return importsOf(source).map((to) => ({ from, to: to.startsWith('.') ? posix.join(posix.dirname(from), to) : to }));
}

function readAll(...folders: readonly string[]): readonly Import[] {
  const files = folders.flatMap((folder) =>
    readdirSync(root + folder, { recursive: true, encoding: 'utf8' }).map((path) => posix.join(folder, path)),
  );
  const sources = files.filter((path) => path.endsWith('.ts'));
  return sources.flatMap((path) => toImports(path, readFileSync(root + path, 'utf8')));
}

function readable(path: string): boolean {
  try {
    return readFileSync(root + path).length > 0;
  } catch {
    return false;
  }
}
