import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { brokenPlugins, foreignFolder, foreignPlugins } from '../foreign-plugins.ts';
import { runBelfry } from '../kit/belfry.ts';

const folder = await foreignFolder({ after });
const nowhere = 'unix:///nowhere/docker.sock';

interface Listed {
  readonly name: string;
  readonly use: string;
  readonly decisions: readonly string[];
}

/** A configuration beside the plugins that uses them all. */
async function configure(name: string, plugins: readonly object[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, JSON.stringify({ plugins }));
  return path;
}

/** What `belfry plugins --json` must say of all of them. */
function assertAllThere(stdout: string): void {
  const { plugins } = JSON.parse(stdout) as { readonly plugins: readonly Listed[] };
  const found = plugins.filter(({ use }) => use in foreignPlugins);
  assert.deepEqual(Object.fromEntries(found.map(({ use, name }) => [use, name])), foreignPlugins);
  for (const { decisions } of found) assert.deepEqual(decisions, ['beforeUpdate']);
}

const everyForm = await configure(
  'config.json',
  Object.keys(foreignPlugins).map((use) => ({ use })),
);

describe('the built Belfry', () => {
  test('takes plugins in every form, from a folder that knows no package belfry', async () => {
    const { stdout, stderr, code } = await runBelfry(['plugins', '--json', '--config', everyForm], {
      dockerHost: nowhere,
    });
    assert.equal(code, 0, stderr);
    assertAllThere(stdout);
  });

  test('tells everything that is wrong with all plugins at once, each with its code', async () => {
    const config = await configure('bad.json', [
      ...Object.keys(brokenPlugins).map((use) => ({ use })),
      { use: './plain.mjs', config: {} },
      { use: './typed.mts', config: { hour: 1 } },
      { use: 'belfry-gate', name: 'twice' },
      { use: '@acme/pager', name: 'twice' },
    ]);
    const result = await runBelfry(['plugins', '--json', '--config', config], { dockerHost: nowhere });
    assert.equal(result.code, 2);
    const { problems } = result.json<{ readonly problems: readonly { code: string; message: string }[] }>();
    const told = problems.map(({ code, message }) => `${code} ${message}`);
    const expected = [
      ...Object.values(brokenPlugins),
      /^PLUGIN_CONFIG_UNEXPECTED mjs takes no config$/,
      /^PLUGIN_CONFIG_INVALID mts: there is no key hour here\. Did you mean hours\?$/,
      /^PLUGIN_DUPLICATE .*"twice"$/,
    ];
    for (const problem of expected)
      assert.ok(
        told.some((one) => problem.test(one)),
        `${problem}\n${told.join('\n')}`,
      );
    assert.equal(told.length, expected.length);
  });
});
