import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pluginKinds } from '../../core/cli/commands.ts';
import { runBelfry } from '../kit/belfry.ts';
import { openEnvironment } from '../kit/environment.ts';

test('new plugins of every kind pass their tests and work, though nothing is installed where they lie', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'belfry-new-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const { engineHost, close } = await openEnvironment();
  t.after(close);
  const belfry = (...args: readonly string[]) => runBelfry(args, { dockerHost: engineHost, folder });

  const uses: object[] = [];
  for (const kind of pluginKinds) {
    const made = await belfry('plugins', 'new', `my-${kind}`, '--kind', kind, '--json');
    assert.equal(made.code, 0, made.stderr);
    uses.push(made.json<{ readonly use: object }>().use);
  }
  const tested = await belfry('plugins', 'test');
  assert.equal(tested.code, 0, tested.stdout);
  assert.match(tested.stdout, /^# pass 12$/m);

  writeFileSync(join(folder, 'belfry.json'), JSON.stringify({ plugins: uses }));
  const shown = await belfry('plugins', '--json');
  assert.equal(shown.code, 0, shown.stderr);
  const { plugins } = shown.json<{ readonly plugins: readonly { readonly name: string }[] }>();
  const names = plugins.map(({ name }) => name).filter((name) => name.startsWith('my-'));
  assert.deepEqual(
    names,
    pluginKinds.map((kind) => `my-${kind}`),
  );

  writeFileSync(
    join(folder, 'fails.test.mts'),
    "import { test } from 'node:test'; test('no', () => { throw new Error(); });",
  );
  assert.equal((await belfry('plugins', 'test', 'fails.test.mts')).code, 1);
  mkdirSync(join(folder, 'untested'));
  writeFileSync(join(folder, 'untested', 'none.test.mjs'), '');
  const refused = [
    await belfry('plugins', 'test', 'untested'),
    await belfry('plugins', 'test', '..', 'fials.test.mts'),
  ];
  assert.deepEqual(
    refused.map(({ code }) => code),
    [2, 2],
  );
  assert.match(refused[0]?.stderr ?? '', /^PLUGIN_TEST_MISSING {2}untested\/none\.test\.mjs has no test in it\.$/m);
  assert.match(refused[1]?.stderr ?? '', /^PLUGIN_TEST_MISSING {2}There is no test in \.\.\.$/m);
  assert.match(refused[1]?.stderr ?? '', /^PLUGIN_TEST_MISSING .+ does not exist\. Did you mean fails\.test\.mts\?$/m);
  assert.equal((await belfry('plugins', 'new', 'my-gate')).code, 2);
});
